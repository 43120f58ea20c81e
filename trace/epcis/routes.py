"""The EPCIS door over HTTP (EPCIS 2.0 §12)."""

from litestar import Router

from zhuisu.epcis import capture_routes, exceptions, headers, master_routes, named_routes, query_routes

HANDLERS = [
    Router(
        "/",
        before_request=headers.negotiate,
        exception_handlers={Exception: exceptions.handler},
        route_handlers=[
            *query_routes.HANDLERS,
            *capture_routes.HANDLERS,
            *named_routes.HANDLERS,
            *master_routes.HANDLERS,
        ],
    )
]
