"""Who a file speaks for and whom it names: texts of bills to sites and parties of the register.

>>> await others(conn, ["91370302MA000A012K"])
{'': [], '91370302MA000A012K': [Party(type='possessing_party', uri='…party:obj:91370302…')]}
"""

from collections.abc import Iterable

from zhuisu import parties
from zhuisu.codes import check_uscc
from zhuisu.codes.checksum import holds
from zhuisu.codes.errors import BadUscc
from zhuisu.codes.private import OURS
from zhuisu.db import Connection
from zhuisu.events import Party
from zhuisu.exchange.errors import NoSite, SiteNotYours
from zhuisu.parties import Principal, Role, Site


async def own_site(conn: Connection, who: Principal, text: str, *, row: int = 0) -> Site:
    """The caller's site of that id; its first one for "" and its own USCC. Raises NoSite, SiteNotYours."""
    assert who.party is not None, "a route without a guard"
    where = f"row {row}" if row else "site"
    if text in {"", who.uscc}:
        if own := await parties.sites(conn, who.party):
            return own[0]
        raise NoSite(
            "your organisation has no site",
            where=where,
            mend="register one under /parties/{uscc}/sites",
            detail_zh="您的组织尚无场所",
            mend_zh="请先登记场所",
        )
    site = (await parties.sites_by_id(conn, [text])).get(text)
    if site is None and Role.administrator in who.roles:
        raise NoSite(f"no site {text[:80]}", where=where, detail_zh=f"没有场所 {text[:80]}")
    if site is None or not parties.is_own(who, site.uscc):
        raise SiteNotYours(
            f"{text[:80]} is not a site of {who.name}",
            where=where,
            mend="name one of your own",
            detail_zh=f"{text[:80]} 不是{who.name}的场所",
            mend_zh="请填写本组织的场所",
        )
    return site


async def others(conn: Connection, texts: Iterable[str]) -> dict[str, list[Party]]:
    """What each text names: a site with its organisation, an organisation, or a GLN; others are absent."""
    wanted = list({text for text in texts if text})
    sites = await parties.sites_by_id(conn, wanted)
    found: dict[str, list[Party]] = {"": []}
    for text in wanted:
        if site := sites.get(text):
            found[text] = [Party(type="location", uri=site.uri), _party(site.uscc)]
        elif text.isascii() and text.isdecimal() and len(text) == 13 and holds(text):
            found[text] = [Party(type="location", uri=f"https://id.gs1.org/414/{text}")]
        else:
            try:
                found[text] = [_party(check_uscc(text))]
            except BadUscc:
                continue
    return found


def _party(uscc: str) -> Party:
    return Party(type="possessing_party", uri=f"{OURS}party:obj:{uscc}")
