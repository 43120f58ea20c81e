"""What of the OpenAPI document no signature tells, as it stands there: raw bodies and answers, headers, queries.

A key is an operation, ``"POST /epcis/capture"``. The parameters of a query are those of the door itself.
"""

from typing import Any, Final, TypeAlias

from zhuisu.epcis import filters, headers, master_ask, operands
from zhuisu.epcis.criteria import Parameter
from zhuisu.epcis.parameters import FIXED
from zhuisu.epcis.resources import RESOURCES
from zhuisu.epcis.view import ATTRIBUTED
from zhuisu.events import STANDARD_TYPES, Action, CbvFormat, EpcFormat
from zhuisu.sheets import Form

Json: TypeAlias = dict[str, Any]
"""A piece of the document."""

TEXT: Final[Json] = {"type": "string"}
BYTES: Final[Json] = {"type": "string", "format": "binary"}
TIME: Final[Json] = {"type": "string", "format": "date-time"}
EPCIS_JSON = ("application/ld+json", "application/json")
EPCIS_XML = ("application/xml", "text/xml")
TABLES = {form.media_type.partition(";")[0]: BYTES for form in Form} | {"application/json": {"type": "array"}}


def at(kind: str, name: str) -> Json:
    """Point to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def schema(name: str) -> Json:
    """Point to a component schema."""
    return at("schemas", name)


def content(media: dict[str, Json]) -> dict[str, Json]:
    """Media types with the schema of each."""
    return {name: {"schema": it} for name, it in media.items()}


def _query(name: str, schema: Json, **more: Any) -> Json:
    return {"name": name, "in": "query", "schema": schema, **more}


def _object(properties: dict[str, Json], *required: str, closed: bool = False) -> Json:
    """All properties are required unless some are named."""
    more = {"additionalProperties": False} if closed else {}
    return {"type": "object", "required": list(required or properties), "properties": properties, **more}


def _document(kind: str, body: Json) -> Json:
    told = {
        "@context": schema("Context"),
        "type": {"const": kind},
        "schemaVersion": {"const": "2.0"},
        "creationDate": TIME,
        "epcisBody": body,
    }
    return _object(told | {"epcisHeader": {"type": "object"}}, *told)


EXAMPLE: Final[Json] = {
    "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2026-06-01T08:00:00Z",
    "epcisBody": {
        "eventList": [
            {
                "type": "ObjectEvent",
                "eventTime": "2026-06-01T07:59:00+08:00",
                "eventTimeZoneOffset": "+08:00",
                "action": "OBSERVE",
                "bizStep": "receiving",
                "epcList": ["https://id.gs1.org/01/06901234567892/21/1"],
            }
        ]
    },
}

VOCABULARIES: Final[Json] = {"type": "array", "items": {"type": "object"}, "description": "master data"}

EVENT_TYPE: Final[Json] = {
    "anyOf": [{"enum": list(STANDARD_TYPES)}, TEXT | {"format": "uri"}],
    "description": "one of the standard's, or the URI of another's; in events also with a prefix that @context binds",
}

SCHEMAS: Final[dict[str, Json]] = {
    "Problem": {
        "description": "RFC 9457. `type` is constant and a page; further members are facts of the case.",
        "type": "object",
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": {
            "type": TEXT
            | {"description": "URI reference, as /problems/not-found; under /epcis the standard's (EPCIS 2.0 §12.8)"},
            "title": TEXT | {"description": "constant for the type"},
            "status": {"type": "integer"},
            "detail": TEXT | {"description": "what is wrong, and where"},
            "instance": TEXT | {"description": "the path that was asked"},
            "where": TEXT | {"description": "field, parameter or position"},
            "mend": TEXT | {"description": "how to put it right"},
            "reason": TEXT | {"description": "under /epcis: our own, more exact type, and its page"},
        },
    },
    "Event": {
        "description": "One event, by the JSON schema of EPCIS 2.0; what is told here is only what all have.",
        "externalDocs": {"url": "https://ref.gs1.org/standards/epcis/epcis-json-schema.json"},
        "type": "object",
        "required": ["type", "eventTime", "eventTimeZoneOffset"],
        "properties": {
            "type": EVENT_TYPE,
            "eventTime": TIME,
            "eventTimeZoneOffset": TEXT | {"pattern": "^[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00)$"},
            "eventID": TEXT | {"format": "uri"},
            "recordTime": TIME,
            "action": {"enum": list(Action)},
            "epcList": {"type": "array", "items": TEXT | {"format": "uri"}},
            "bizStep": TEXT,
            "disposition": TEXT,
            "readPoint": {"type": "object", "required": ["id"], "properties": {"id": TEXT | {"format": "uri"}}},
        },
    },
    "Context": {"description": "JSON-LD @context", "type": ["string", "object", "array"]},
    "Events": {"type": "array", "items": schema("Event")},
    "EPCISDocument": {
        **_document("EPCISDocument", _object({"eventList": schema("Events")})),
        "examples": [EXAMPLE],
    },
    "EPCISQueryDocument": _document("EPCISQueryDocument", _object({"queryResults": schema("QueryResults")})),
    "QueryResults": _object(
        {"queryName": TEXT, "resultsBody": schema("ResultsBody"), "subscriptionID": TEXT},
        "queryName",
        "resultsBody",
    ),
    "ResultsBody": _object({"eventList": schema("Events"), "vocabularyList": VOCABULARIES}, "eventList"),
    "Collection": _object(
        {"@context": schema("Context"), "type": {"const": "Collection"}, "member": {"type": "array", "items": TEXT}}
    ),
    "Credentials": _object({"login": TEXT | {"maxLength": 200}, "password": TEXT | {"maxLength": 200}}, closed=True),
    "Text": _object({"text": TEXT | {"maxLength": 8192}}, closed=True),
}

XML = TEXT | {"description": "an EPCIS document in XML 2.0, 1.2 or 1.1; DTDs and entities are refused"}
DOCUMENTS = {"anyOf": [schema("EPCISDocument"), schema("EPCISQueryDocument"), schema("Event"), schema("Events")]}

BODIES: Final[dict[str, dict[str, Json]]] = {
    "POST /epcis/capture": dict.fromkeys(EPCIS_JSON, DOCUMENTS) | dict.fromkeys(EPCIS_XML, XML),
    "POST /epcis/events": dict.fromkeys(EPCIS_JSON, DOCUMENTS) | dict.fromkeys(EPCIS_XML, XML),
    "POST /sessions": dict.fromkeys(("application/json", "application/x-www-form-urlencoded"), schema("Credentials")),
    "POST /certs/verify": {"application/json": schema("Text"), "image/png": BYTES, "image/jpeg": BYTES},
    "POST /products/import": TABLES,
    "POST /exchange/bills": TABLES,
    "POST /exchange/relations": {"application/xml": TEXT | {"description": "关联关系 XML"}},
}
"""Bodies that a route reads itself."""

EVENTS_FOUND = dict.fromkeys(EPCIS_JSON, schema("EPCISQueryDocument")) | dict.fromkeys(EPCIS_XML, XML)
_EVENTS: Final[Json] = {"const": ["events"]}
_VALUES = dict.fromkeys(EPCIS_JSON, schema("Collection"))
_CERTIFICATE = {"application/json": schema("certs_show_Answer"), "image/svg+xml": TEXT, "image/png": BYTES}

ANSWERS: Final[dict[str, dict[str, Json]]] = {
    "POST /epcis/capture": {},
    "POST /epcis/events": {},
    "DELETE /sessions": {},
    "GET /epcis": _VALUES,
    "GET /epcis/events": EVENTS_FOUND,
    "GET /epcis/events/{event_id}": EVENTS_FOUND,
    "GET /epcis/queries/{name}/events": EVENTS_FOUND,
    "GET /epcis/vocabularies": EVENTS_FOUND,
    **{f"GET /epcis/{name}": _VALUES for name in RESOURCES},
    **{f"GET /epcis/{name}/{{value}}": dict.fromkeys(EPCIS_JSON, _EVENTS) for name in RESOURCES},
    **{f"GET /epcis/{name}/{{value}}/events": EVENTS_FOUND for name in RESOURCES},
    "GET /certs/{name}": _CERTIFICATE,
    "GET /trust-list": {"application/cwt": BYTES, "application/json": {"type": "object"}},
    "GET /status-list": {"application/statuslist+cwt": BYTES},
    "GET /exchange/bills": TABLES,
    "GET /exchange/events": TABLES,
    "GET /products/export": TABLES,
    "GET /products/template": TABLES,
    "POST /products/import": {**TABLES, "application/json": {"type": ["object", "array"]}},
}
"""Content of answers that a route writes itself."""


def _value(parameter: Parameter) -> Json:
    match parameter.read:
        case operands.time:
            return TIME
        case operands.number:
            return {"type": "number"}
        case operands.boolean:
            return {"type": "boolean"}
        case operands.nothing:
            return {"const": "true"}
        case _:
            return TEXT


def _asked(parameter: Parameter) -> Json:
    """A list is ``a|b``, or the name again for each (EPCIS 2.0 REST bindings)."""
    if parameter.one:
        return _query(parameter.name, _value(parameter))
    known = {"eventType": EVENT_TYPE, "EQ_action": {"enum": list(Action)}}
    many = {"type": "array", "minItems": 1, "items": known.get(parameter.name, _value(parameter))}
    return _query(parameter.name, many, style="pipeDelimited", explode=False)


PAGING = ("perPage", "nextPageToken")
FAMILIES = (
    "^((EQ_(bizTransaction|source|destination)_.+)"
    "|((EQ|GT|GE|LT|LE)_(quantity|value|minValue|maxValue|meanValue|sDev|percValue)_[A-Z0-9]{2,4})"
    f"|((HASATTR|EQ_ATTR)_({'|'.join(ATTRIBUTED)}|[^:]+:.+))"
    "|((EQ|GT|GE|LT|LE|EXISTS)_(INNER_)?((ILMD|ERROR_DECLARATION|SENSORELEMENT|SENSORMETADATA|SENSORREPORT)_)?[^:]+:.+))$"
)
_TEXTS: Final[Json] = {"type": "array", "minItems": 1, "items": TEXT | {"minLength": 1}}
COUNT: Final[Json] = {"type": "integer", "minimum": 1, "maximum": filters.MOST_COUNT}
QUERY: Final[dict[str, Json]] = {
    "perPage": _query("perPage", COUNT | {"maximum": filters.MOST_PER_PAGE, "default": filters.PER_PAGE}),
    "nextPageToken": _query("nextPageToken", TEXT, description="from the Link of the page before"),
    "orderBy": _query("orderBy", TEXT, description="eventTime, recordTime or an extension field, as example:colour"),
    "orderDirection": _query("orderDirection", {"enum": ["ASC", "DESC"]}),
    "eventCountLimit": _query("eventCountLimit", COUNT, description="the first so many; not beside maxEventCount"),
    "maxEventCount": _query("maxEventCount", COUNT, description="refused when there are more"),
    **{name: _asked(parameter) for name, parameter in FIXED.items()},
    "families": _query(
        "families",
        {"type": "object", "patternProperties": {FAMILIES: TEXT}, "additionalProperties": False},
        description="parameters named after a type, a unit or an extension field, whose prefix GS1-Extensions binds",
        style="form",
        explode=True,
    ),
}
"""Parameters of an EPCIS query (EPCIS 2.0 §8.2.7.1)."""

MASTER: Final[dict[str, Json]] = {
    **{name: _query(name, _TEXTS, style="pipeDelimited", explode=False) for name in master_ask.LISTS},
    **{name: _query(name, {"type": "boolean", "default": name != "includeHistory"}) for name in master_ask.FLAGS},
    "maxElementCount": _query("maxElementCount", COUNT, description="refused when there are more"),
    "attributes": _query(
        "attributes",
        {"type": "object", "patternProperties": {"^EQATTR_.+": TEXT}, "additionalProperties": False},
        description="EQATTR_ and the name of an attribute, as EQATTR_cbvmda:name",
        style="form",
        explode=True,
    ),
}
"""Parameters of a query for master data (EPCIS 1.2 §8.2.7.2)."""

QUERIES: Final[dict[str, tuple[str, ...]]] = {
    "GET /epcis/vocabularies": (*MASTER, *PAGING),
    "GET /epcis/events": tuple(QUERY),
    "GET /exchange/events": tuple(name for name in QUERY if name not in PAGING),
    "GET /epcis/queries": PAGING,
    "GET /epcis/queries/{name}/events": PAGING,
    **{f"GET /epcis/{name}": PAGING for name in RESOURCES},
    **{f"GET /epcis/{name}/{{value}}/events": tuple(QUERY) for name in RESOURCES},
}

_VERSION = TEXT | {"pattern": "^[0-9]{1,3}\\.[0-9]{1,3}(\\.[0-9]{1,3})?$"}
ASKED: Final[dict[str, Json]] = {
    **{name: _VERSION for name in headers.TOLD if name.endswith(("-Min", "-Max"))},
    "GS1-EPC-Format": {"enum": list(EpcFormat)},
    "GS1-CBV-XML-Format": {"enum": [kind for kind in CbvFormat if kind is not CbvFormat.Bare]},
    "Prefer": TEXT | {"description": "master-data: what the events name, as vocabularyList, in XML in the EPCISHeader"},
    "GS1-Extensions": TEXT | {"description": "prefixes of extension fields, as example=https://ns.example.com/"},
    "GS1-Capture-Error-Behaviour": {"enum": list(headers.Behaviour), "default": "rollback"},
}
"""Headers of a request to the EPCIS door."""

TOLD: Final[dict[str, Json]] = {
    **dict.fromkeys(headers.VERSIONS, TEXT),
    "Location": TEXT | {"format": "uri-reference"},
    "Link": TEXT | {"description": '<…>; rel="next" while there is a next page (RFC 8288)'},
    "GS1-Next-Page-Token-Expires": TIME,
    "GS1-Query-Min-Record-Time": TIME,
    "GS1-EPCIS-Capture-Limit": TEXT | {"description": "events, with 413 of a capture"},
    "GS1-EPCIS-Capture-File-Size-Limit": TEXT | {"description": "bytes, with 413 of a capture"},
    "Preference-Applied": TEXT | {"description": "master-data, when it was preferred"},
    "ETag": TEXT,
    "Cache-Control": TEXT,
    "Content-Disposition": TEXT,
    "Set-Cookie": TEXT,
    "WWW-Authenticate": TEXT | {"description": "with 401"},
    "Retry-After": TEXT | {"description": "seconds, with 429 and 503"},
}
"""Headers of answers."""
WITH_PROBLEMS = ("WWW-Authenticate", "Retry-After", *headers.LIMITS)

_FILE = ("Content-Disposition",)
KEPT = ("ETag", "Cache-Control")
_NEXT = ("Link", "GS1-Next-Page-Token-Expires")
HEADERS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys((op for op, names in QUERIES.items() if "perPage" in names), _NEXT),
    **dict.fromkeys(("GET /certs/{name}", "GET /trust-list", "GET /status-list"), KEPT),
    **dict.fromkeys(("GET /exchange/bills", "GET /exchange/events", "GET /exchange/relations/{code}"), _FILE),
    **dict.fromkeys(("GET /products/export", "GET /products/template", "POST /products/import"), _FILE),
    **dict.fromkeys(("POST /epcis/capture", "POST /epcis/events", "POST /epcis/queries", "POST /certs"), ("Location",)),
    "POST /epcis/queries/{name}/subscriptions": ("Location",),
    "GET /epcis/capture": ("Link",),
    "GET /epcis/queries/{name}/subscriptions/{subscription_id}": ("GS1-Query-Min-Record-Time",),
    "POST /sessions": ("Set-Cookie", "Cache-Control"),
    "DELETE /sessions": ("Set-Cookie",),
}

CONFLICTS = frozenset(
    {"POST /certs", "POST /parties", "POST /parties/{uscc}/sites", "POST /parties/{uscc}/people"}
    | {"POST /epcis/capture", "POST /epcis/events", "POST /epcis/queries"}
)
"""What may stand there already."""
