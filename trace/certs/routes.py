"""HTTP of certificates: issue, show, draw, verify, revoke, and the two lists for verifying offline."""

import hashlib
import re
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from zhuisu.auth import Conf, Db, Now, Role, Who, may
from zhuisu.certs import publish, store
from zhuisu.certs.check import judge
from zhuisu.certs.issue import Issued, issue
from zhuisu.certs.order import AnyOrder
from zhuisu.certs.qr import png, svg, symbol
from zhuisu.certs.reader import read_codes
from zhuisu.certs.revoke import found, revoke
from zhuisu.certs.seal import address
from zhuisu.certs.show import Answer, answer
from zhuisu.certs.status import TYPE as STATUS_TYPE
from zhuisu.certs.trust import TrustedKey
from zhuisu.certs.verify import State
from zhuisu.codes.text import Line
from zhuisu.errors import Malformed, UnsupportedMedia

FOR_EVER = "public, max-age=31536000, immutable"
CWT = "application/cwt"

AnyRequest = Request[Any, Any, Any]
Form = Annotated[Literal["cwt", "json"], QueryParameter(name="format")]


class Reason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a certificate is void."""

    reason: Line


class Text(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a scanner read: an address or its digits."""

    text: Annotated[str, msgspec.Meta(max_length=8192)]


class ListedKey(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the trust list; bytes in hexadecimal."""

    uscc: str
    name: str
    kind: str
    phone: str
    kid: str
    cose_key: str
    since: str
    until: str | None


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """The trust list to look at. Verify with the signed form, not with this one."""

    iss: str
    made: str
    expires: str
    root: str
    status_uri: str
    keys: list[ListedKey]


@post("/certs", guards=[may(Role.issuer)])
async def issue_certificate(data: JSONBody[AnyOrder], db: Db, settings: Conf, who: Who, now: Now) -> Response[Issued]:
    """Issue one certificate. ``kind`` chooses between the producer's (CCC/1) and the meat certificate (MQI)."""
    issued = await issue(db, settings, who, data, now)
    return Response(issued, status_code=201, headers={"Location": f"/certs/{issued.id}"})


@post("/certs/verify", guards=[may()], status_code=200)
async def verify_certificate(request: AnyRequest, db: Db, settings: Conf, now: Now) -> Answer:
    """Judge what was scanned: ``{"text": …}``, or a picture as image/png or image/jpeg. Stores nothing."""
    texts = await _texts(request)
    async with db.connection() as conn:
        verdicts = await judge(conn, texts, now)
        ours = [place for place, verdict in enumerate(verdicts) if verdict.state is not State.not_ours]
        verdict, text = verdicts[(ours or [0])[0]], texts[(ours or [0])[0]]
        goods = await store.goods(conn, [verdict.id] if verdict.id else [])
    return answer(verdict, text, f"{settings.base}/c/{text.rpartition('/')[2]}", goods.get(verdict.id, ()))


@post("/certs/{name:str}/revoke", guards=[may(Role.issuer, Role.regulator, Role.administrator)], status_code=200)
async def revoke_certificate(
    name: FromPath[str], data: JSONBody[Reason], db: Db, settings: Conf, who: Who, now: Now
) -> Answer:
    """Void a certificate, with the reason. Answers its new standing."""
    await revoke(db, who, name, data.reason, now)
    return await _answer(db, settings, name, now)


@get("/certs/{name:str}", guards=[may()])
async def show_certificate(
    name: FromPath[str],
    request: AnyRequest,
    db: Db,
    settings: Conf,
    now: Now,
    level: FromQuery[Literal["M", "Q"]] = "M",
    scale: Annotated[int, QueryParameter(ge=1, le=40)] = 8,
) -> Response[Any]:
    """A certificate: ``{id}`` as JSON with today's verdict, ``{id}.svg`` and ``{id}.png`` its QR symbol."""
    id_, _, form = name.partition(".")
    if not form:
        return Response(await _answer(db, settings, id_, now))
    async with db.connection() as conn:
        stored = await found(conn, id_)
    drawn = symbol(address(settings.base, stored.token), level=level)
    match form:
        case "svg":
            return _cached(request, svg(drawn), "image/svg+xml", FOR_EVER)
        case "png":
            return _cached(request, png(drawn, scale=scale), "image/png", FOR_EVER)
        case _:
            raise UnsupportedMedia(f"a symbol is drawn as .svg or .png, not .{form:.20}", where="path")


@get("/trust-list", guards=[may()])
async def trust_list(request: AnyRequest, db: Db, settings: Conf, now: Now, form: Form = "cwt") -> Response[Any]:
    """Whom to believe: every issuer's keys, signed by the root. ``?format=json`` is for reading only."""
    token, value = await publish.trust_list(db, settings, now)
    if form == "cwt":
        return _cached(request, token, CWT, "public, max-age=300")
    listing = Listing(
        iss=value.iss,
        made=value.made.isoformat(),
        expires=value.expires.isoformat(),
        root=value.root.thumbprint.hex(),
        status_uri=value.status_uri,
        keys=[_listed(trusted) for trusted in value.keys],
    )
    return Response(listing)


@get("/status-list", guards=[may()])
async def status_list(request: AnyRequest, db: Db, settings: Conf, now: Now) -> Response[Any]:
    """What is void: a Token Status List in CWT form."""
    token = await publish.status_list(db, settings, now)
    return _cached(request, token, STATUS_TYPE, "public, max-age=60")


async def _answer(db: Db, settings: Conf, id_: str, now: Now) -> Answer:
    async with db.connection() as conn:
        stored = await found(conn, id_)
        url = address(settings.base, stored.token)
        verdict = (await judge(conn, [url], now))[0]
        goods = await store.goods(conn, [id_])
    return answer(verdict, url, url, goods.get(id_, ()))


async def _texts(request: AnyRequest) -> list[str]:
    kind, _ = request.content_type
    body = await request.body()
    match kind:
        case "application/json":
            try:
                return [msgspec.json.decode(body, type=Text).text]
            except ValueError as error:  # msgspec's errors and UnicodeError are ValueErrors
                raise Malformed(f"not a text to verify: {error}", where="text") from error
        case "image/png" | "image/jpeg":
            return read_codes(body)
        case _:
            raise UnsupportedMedia(f"{kind or 'no media type'} is not read here", mend="send JSON, PNG or JPEG")


def _cached(request: AnyRequest, content: bytes, media_type: str, policy: str) -> Response[bytes]:
    """The content with its ETag, or 304 when the caller has it already (RFC 9110 §13.1.2)."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": policy}
    if tag in re.findall(r'"[^"]*"', request.headers.get("If-None-Match", "")):
        return Response(b"", status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def _listed(trusted: TrustedKey) -> ListedKey:
    issuer, key = trusted.issuer, trusted.key
    return ListedKey(
        uscc=issuer.uscc,
        name=issuer.name,
        kind=issuer.kind,
        phone=issuer.phone,
        kid=key.kid.hex(),
        cose_key=key.cose.hex(),
        since=trusted.since.isoformat(),
        until=trusted.until.isoformat() if trusted.until else None,
    )


HANDLERS = [
    issue_certificate,
    verify_certificate,
    revoke_certificate,
    show_certificate,
    trust_list,
    status_list,
]
