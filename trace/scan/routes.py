"""The scan and the EPCIS door over HTTP."""

from typing import Annotated, Any

from litestar import MediaType, Request, post
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, JSONBody

from zhuisu.auth import Conf, Db, Now, Role, Who, may
from zhuisu.ledger import GroupCommit
from zhuisu.scan.errors import NotJson
from zhuisu.scan.intake import intake
from zhuisu.scan.model import Intake, IntakeAnswer, Lang

EPCIS_JSON = frozenset({"application/json", "application/ld+json"})
VERSIONS = {"GS1-EPCIS-Version": "2.0", "GS1-CBV-Version": "2.0"}

Asked = Request[Any, Any, Any]
Commit = NamedDependency[GroupCommit]


def _require_json(request: Asked) -> None:
    """Raises NotJson; a body of which nothing is said is read as JSON."""
    kind, _ = request.content_type
    if kind and kind != MediaType.JSON:
        raise NotJson(f"{kind} is not read here", where="Content-Type", mend="send application/json")


@post(
    "/scan/intake",
    guards=[may(Role.operator, Role.issuer, Role.administrator)],
    status_code=200,
    before_request=_require_json,
)
async def scan_intake(
    data: JSONBody[Intake],
    db: Db,
    settings: Conf,
    who: Who,
    now: Now,
    accept_language: Annotated[str, HeaderParameter(name="Accept-Language")] = "",
) -> IntakeAnswer:
    """Scan goods at a door: accept, warn or refuse for each code, and one event for what was not refused."""
    return await intake(db, settings, who, data, now, _language(accept_language))


def _language(accepted: str) -> Lang:
    """Chinese when the header prefers it to English (RFC 9110 §12.5.4), else English."""
    weights = {"zh": 0.0, "en": 0.0}
    for n, part in enumerate(accepted[:200].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        primary = tag.partition("-")[0].lower()
        if primary in weights and weights[primary] == 0:
            try:
                weights[primary] = float(weight or 1) - n / 1000
            except ValueError:
                continue
    return Lang.zh if weights["zh"] > weights["en"] else Lang.en


HANDLERS = [scan_intake]
