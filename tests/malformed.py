"""What clients should not send, by what is wrong with it: content types with bodies, and queries."""

import gzip
import io
import struct
import zipfile
import zlib
from typing import Any, NamedTuple

JSON, XML, FORM = "application/json", "application/xml", "multipart/form-data; boundary=x"
URLENCODED = "application/x-www-form-urlencoded"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DEEP = b"[" * 100_000 + b"]" * 100_000
EVENT = (
    b'{"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld","type":"ObjectEvent",'
    b'"eventTime":"%s","eventTimeZoneOffset":"%s","action":"OBSERVE","epcList":["urn:x:1"]%s}'
)
EPCIS = (
    b'<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" creationDate="2026-05-01T00:00:00Z">'
    b"<EPCISBody><EventList>%s</EventList></EPCISBody></epcis:EPCISDocument>"
)
LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)


class Sent(NamedTuple):
    """A body that is wrong."""

    kind: str
    body: bytes
    headers: dict[str, str] = {}  # noqa: RUF012  (never written to)


def event(time: bytes = b"2026-05-01T00:00:00Z", offset: bytes = b"+08:00", more: bytes = b"") -> bytes:
    return EVENT % (time, offset, more)


def picture(width: int, height: int) -> bytes:
    """A PNG that says it is so large."""
    parts = (
        (b"IHDR", struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"")),
        (b"IEND", b""),
    )
    chunks = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def archive(**members: bytes) -> bytes:
    with zipfile.ZipFile(file := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members.items():
            written.writestr(name.replace("__", "/"), content)
    return file.getvalue()


BODIES: dict[str, Sent] = {
    "empty": Sent(JSON, b""),
    "cut off": Sent(JSON, b"{"),
    "not UTF-8": Sent(JSON, b"\xff\xfe{}"),
    "bad UTF-8 in a string": Sent(JSON, b'{"codes": ["\xc3("]}'),
    "overlong UTF-8": Sent(JSON, b'{"codes": ["\xc0\xaf"]}'),
    "a surrogate in UTF-8": Sent(JSON, b'{"codes": ["\xed\xa0\x80"]}'),
    "lone surrogate": Sent(JSON, b'{"codes": ["\\ud800"]}'),
    "lone surrogate in a key": Sent(JSON, b'{"\\udc00": 1}'),
    "NUL": Sent(JSON, b'{"codes": ["a\\u0000b"]}'),
    "raw NUL": Sent(JSON, b'{"codes": ["a\x00b"]}'),
    "NUL alone": Sent(JSON, b"\x00"),
    "deep nesting": Sent(JSON, DEEP),
    "deep nesting inside": Sent(JSON, b'{"codes": ' + DEEP + b"}"),
    "deep objects": Sent(JSON, b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
    "brackets that never close": Sent(JSON, b"[" * 1_000_000),
    "null": Sent(JSON, b"null"),
    "an array": Sent(JSON, b"[]"),
    "a string": Sent(JSON, b'"text"'),
    "a number beyond": Sent(JSON, b"1e999"),
    "a number beyond inside": Sent(JSON, b'{"codes": [1e400]}'),
    "a number of a million digits": Sent(JSON, b'{"codes": ' + b"9" * 1_000_000 + b"}"),
    "an exponent of many digits": Sent(JSON, b'{"codes": 1e' + b"9" * 100_000 + b"}"),
    "NaN": Sent(JSON, b"NaN"),
    "NaN inside": Sent(JSON, b'{"codes": NaN}'),
    "wrong type": Sent(JSON, b'{"codes": 5}'),
    "wrong type inside": Sent(JSON, b'{"codes": [5]}'),
    "nothing to do": Sent(JSON, b'{"codes": []}'),
    "unknown field": Sent(JSON, b'{"unknown": 1}'),
    "duplicated keys": Sent(JSON, b'{"unknown": 1, "unknown": 2}'),
    "a comment": Sent(JSON, b"{} // that is all"),
    "two values": Sent(JSON, b"{}{}"),
    "single quotes": Sent(JSON, b"{'codes': []}"),
    "bad time": Sent(JSON, b'{"codes": ["x"], "at": "yesterday"}'),
    "time beyond the calendar": Sent(JSON, b'{"codes": ["x"], "at": "9999-12-31T23:59:59-23:59"}'),
    "time before the calendar": Sent(JSON, b'{"codes": ["x"], "at": "0001-01-01T00:00:00+14:00"}'),
    "10 MB": Sent(JSON, b"{}" + b" " * (9 << 20)),
    "an event of the year 1": Sent(JSON, event(time=b"0001-01-01T00:00:00+14:00")),
    "an event of the year 9999": Sent(JSON, event(time=b"9999-12-31T23:59:59-14:00")),
    "an event of the year 10000": Sent(JSON, event(time=b"10000-01-01T00:00:00Z")),
    "an event at 24:60": Sent(JSON, event(time=b"2026-05-01T24:60:60Z")),
    "an offset of four days": Sent(JSON, event(offset=b"+99:99")),
    "an event with a key twice": Sent(JSON, event(more=b',"action":"ADD"')),
    "an event with a deep extension": Sent(JSON, event(more=b',"a:b":' + DEEP)),
    "an event with a number beyond": Sent(
        JSON, event(more=b',"quantityList":[{"epcClass":"urn:x:1","quantity":1e400}]')
    ),
    "a context that is a loop": Sent(JSON, event(more=b',"@context":{"a":"b:","b":"a:"}')),
    "a hundred thousand nulls": Sent(JSON, b"[" + b"null," * 100_000 + b"null]"),
    "UTF-16": Sent("application/json; charset=utf-16", "{}".encode("utf-16")),
    "UTF-16 unsaid": Sent(JSON, "{}".encode("utf-16-be")),
    "UTF-32": Sent("application/json; charset=utf-32", "{}".encode("utf-32")),
    "a charset that is none": Sent("application/json; charset=klingon", b"{"),
    "a charset that is a codec of Python": Sent("application/json; charset=zlib", b"{"),
    "text": Sent("text/plain", b"hello"),
    "no media type": Sent("nonsense", b"{}"),
    "a media type of NULs": Sent("application/json;\x01", b"{"),
    "bad msgpack": Sent("application/msgpack", b"\xc1"),
    "another's JSON": Sent("application/vnd.api+json", b"{}"),
    "gzip": Sent(JSON, gzip.compress(b"{}"), {"Content-Encoding": "gzip"}),
    "gzip bomb": Sent(JSON, gzip.compress(b"[" * 10_000_000), {"Content-Encoding": "gzip"}),
    "brotli": Sent(JSON, b"\x8b\x03\x80{}\x03", {"Content-Encoding": "br"}),
    "a coding that is none": Sent(JSON, b"{", {"Content-Encoding": "x, y, z"}),
    "empty multipart": Sent(FORM, b""),
    "cut multipart": Sent(FORM, b"--x\r\n"),
    "other boundary": Sent(FORM, b"--y\r\n\r\n--y--"),
    "no boundary": Sent("multipart/form-data", b"--x--"),
    "a part without a name": Sent(FORM, b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n"),
    "a bad name": Sent(FORM, b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n1\r\n--x--\r\n'),
    "a cut file": Sent(FORM, b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\n1'),
    "a thousand parts": Sent(
        FORM, b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 1001 + b"--x--\r\n"
    ),
    "bad form": Sent(URLENCODED, b"%ff=%00"),
    "a form of bad escapes": Sent(URLENCODED, b"login=%zz&password=%"),
    "a form of many fields": Sent(URLENCODED, b"a=1&" * 10_001),
    "a form with a field twice": Sent(URLENCODED, b"login=a&login=b&password=c&x=1"),
    "XML": Sent(XML, b"<a/>"),
    "empty XML": Sent(XML, b""),
    "cut XML": Sent(XML, EPCIS[:120]),
    "an external entity": Sent(XML, b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + EPCIS % b"&e;"),
    "an external parameter entity": Sent(
        XML, b'<!DOCTYPE a [<!ENTITY % e SYSTEM "http://127.0.0.1:9/x"> %e;]>' + EPCIS.replace(b"%s", b"")
    ),
    "a billion laughs": Sent(XML, LAUGHS + b"]>" + EPCIS % b"&j;"),
    "a DTD": Sent(XML, b'<!DOCTYPE epcis SYSTEM "http://127.0.0.1:9/epcis.dtd">' + EPCIS % b""),
    "XML 10 000 deep": Sent(XML, EPCIS % (b"<a>" * 10_000 + b"</a>" * 10_000)),
    "XML that never closes": Sent(XML, b"<a>" * 100_000),
    "an encoding that it is not": Sent(XML, b'<?xml version="1.0" encoding="UTF-16"?>' + EPCIS % b""),
    "an encoding that is none": Sent(XML, b'<?xml version="1.0" encoding="klingon"?>' + EPCIS % b""),
    "XML in a charset that it is not": Sent("text/xml; charset=utf-8", (EPCIS % b"\xff").replace(b"2026", b"2O26")),
    "an unbound namespace": Sent(XML, b"<epcis:EPCISDocument/>"),
    "an unbound namespace inside": Sent(XML, EPCIS % b"<ObjectEvent><x:y/></ObjectEvent>"),
    "two roots": Sent(XML, EPCIS % b"" + b"<b/>"),
    "an attribute twice": Sent(XML, b'<a b="1" b="2"/>'),
    "a reference to NUL": Sent(XML, EPCIS % b"<ObjectEvent>&#0;</ObjectEvent>"),
    "a reference to a surrogate": Sent(XML, EPCIS % b"<ObjectEvent>&#xD800;</ObjectEvent>"),
    "an entity that is none": Sent(XML, EPCIS % b"<ObjectEvent>&nbsp;</ObjectEvent>"),
    "XML 1.1": Sent(XML, b'<?xml version="1.1"?><a/>'),
    "an inclusion": Sent(XML, EPCIS % b'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'),
    "CDATA without end": Sent(XML, EPCIS % b"<ObjectEvent><![CDATA["),
    "XML events of the year 1": Sent(
        XML, EPCIS % b"<ObjectEvent><eventTime>0001-01-01T00:00:00+14:00</eventTime></ObjectEvent>"
    ),
    "no picture": Sent("image/png", b"\x89PNG\r\n\x1a\n"),
    "a picture of four gigapixels": Sent("image/png", picture(65_535, 65_535)),
    "a picture of nothing": Sent("image/jpeg", b"\xff\xd8\xff"),
    "no workbook": Sent(XLSX, b"PK\x03\x04"),
    "an archive of something else": Sent(XLSX, archive(a=b"b")),
    "a workbook that unpacks to a gigabyte": Sent(XLSX, archive(xl__workbook_xml=b"0" * 50_000_000)),
    "CSV of NULs": Sent("text/csv", b"a,b\n\x00,\x00\n"),
    "CSV in no encoding": Sent("text/csv", b"\x81\xff,\xfe\n"),
    "CSV of one long quote": Sent("text/csv", b'"' * 1_000_001),
}

LONG = "9" * 9000
"""Of what is in one code."""

QUERIES: tuple[str, ...] = (
    "/chain/%FF",
    "/chain/%00",
    "/chain/a%00b",
    "/chain/%C0%AF",
    "/chain/%ED%A0%80",
    "/chain/%zz",
    "/chain/x?direction=sideways",
    "/chain/x?at=never",
    "/chain/x?at=0001-01-01T00:00:00%2B14:00",
    "/chain/x?at=9999-12-31T23:59:59-14:00",
    "/chain/x?at=2026-01-01",
    "/chain/x?foo=1",
    "/chain/x?at=%FF",
    f"/chain/{LONG}",
    "/nowhere",
    "/certs/zz",
    "/certs/zz.svg?scale=1e9",
    "/certs/%0D%0ASet-Cookie%3A%20a%3Db",
    "/parties/%00",
    "/parties/..%2f..%2fetc%2fpasswd",
    "/parties?limit=1e400",
    "/parties?limit=99999999999999999999",
    "/parties?after=%00",
    "/products?q=%ED%B0%80&limit=0",
    "/products?category=%F0%9F%92%A9",
    "/products/%00",
    "/exchange/bills?from=0000-00-00&to=9999-99-99",
    "/exchange/bills?from=9999-12-31&to=0001-01-01",
    "/exchange/events?perPage=%00",
    "/exchange/relations/%FF",
    "/epcis/events?perPage=-1",
    "/epcis/events?perPage=1e1",
    "/epcis/events?perPage=%D9%A1",
    "/epcis/events?perPage=1&perPage=2",
    "/epcis/events?nextPageToken=%00",
    "/epcis/events?nextPageToken=" + LONG,
    "/epcis/events?GE_quantity=1e400000",
    "/epcis/events?GE_quantity=NaN",
    "/epcis/events?GE_eventTime=0001-01-01T00:00:00%2B14:00",
    "/epcis/events?LT_eventTime=10000-01-01T00:00:00Z",
    "/epcis/events?EQ_action=%FF",
    "/epcis/events?EQ_bizStep=%00",
    "/epcis/events?EQ_bizStep=",
    "/epcis/events?EQ_nobody%3Aknows=1",
    "/epcis/events?MATCH_epc=urn:epc:idpat:sgtin:*.1.*",
    "/epcis/events?MATCH_epc=" + "*" * 5000,
    "/epcis/events?" + "&".join(f"EQ_eventID=urn:x:{n}" for n in range(1001)),
    "/epcis/events?orderBy=recordTime%3Bdrop%20table",
    "/epcis/events?eventCountLimit=1&maxEventCount=1",
    "/epcis/events/%FF",
    "/epcis/epcs/%FF",
    "/epcis/epcs?perPage=0",
    "/epcis/capture?perPage=0",
    "/epcis/capture/%00",
    "/epcis/queries?perPage=x",
    "/epcis/queries/%00/events",
    "/epcis/queries/x/subscriptions/%FF",
)

HEADERS: tuple[dict[str, Any], ...] = (
    {"GS1-EPC-Format": "Sometimes"},
    {"GS1-CBV-XML-Format": "\u00ff"},
    {"GS1-EPCIS-Min": "9.9"},
    {"GS1-EPCIS-Max": "1e9"},
    {"GS1-Extensions": "===,,=;"},
    {"Accept": "text/plain"},
    {"Accept": "a/b;q=" + "9" * 1000},
    {"Authorization": "Bearer \u00ff"},
    {"Authorization": "Basic " + "A" * 10_000},
    {"Authorization": "Bearer zs_\x01"},
    {"Host": "a b"},
)
