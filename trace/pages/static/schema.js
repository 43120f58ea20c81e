SwaggerUIBundle({ url: "/schema/openapi.json", dom_id: "#schema", validatorUrl: null, deepLinking: true, docExpansion: "none", persistAuthorization: false });
