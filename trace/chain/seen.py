"""What a caller may see of a path: all of it, or the redacted one that is open to everybody. Pure.

Those who made, held or captured any of it, the regulators of a division it touched, and administrators see it whole.
Everyone else sees when, what, how warm and under which certificates, and of places and parties the kind and the
division; only who made the goods is named, as on their label.
"""

import msgspec

from zhuisu.chain.model import Hop, PartyNode, Path, SiteNode
from zhuisu.parties import Principal, Role, reaches

MAKERS = frozenset({"farm", "collector", "slaughterhouse", "manufacturer"})


def by(who: Principal, path: Path) -> Path:
    """``path`` as ``who`` may see it."""
    return path if concerns(who, path) else redacted(path)


def concerns(who: Principal, path: Path) -> bool:
    """Whether ``who`` has a right to the whole path."""
    if Role.administrator in who.roles:
        return True
    if who.party is not None and any(who.uscc in (hop.party, hop.by) for hop in path.hops):
        return True
    return Role.regulator in who.roles and any(reaches(who.divisions, site.division) for site in path.sites.values())


def redacted(path: Path) -> Path:
    """``path`` without the names, addresses and numbers of places, parties, containers and documents."""
    makers = {uscc for uscc, party in path.parties.items() if party.kind in MAKERS}
    site_alias = {
        uri: uri if site.party in makers else f"site-{n}" for n, (uri, site) in enumerate(path.sites.items(), 1)
    }
    party_alias = {uscc: uscc if uscc in makers else f"party-{n}" for n, uscc in enumerate(path.parties, 1)}
    boxes = dict.fromkeys(uri for hop in path.hops for uri in (*hop.containers, hop.code) if uri != path.code.canonical)
    hidden = {uri for hop in path.hops for uri in hop.containers}
    code_alias = {uri: f"container-{n}" if uri in hidden else uri for n, uri in enumerate(boxes, 1)}

    def hop_for_all(hop: Hop) -> Hop:
        return msgspec.structs.replace(
            hop,
            code=code_alias.get(hop.code, hop.code),
            container=code_alias.get(hop.container or "", hop.container),
            containers=tuple(code_alias[uri] for uri in hop.containers),
            site=site_alias.get(hop.site or ""),
            party=party_alias.get(hop.party or ""),
            by=None,
            sources=(),
            destinations=(),
            documents=(),
        )

    return msgspec.structs.replace(
        path,
        hops=tuple(hop_for_all(hop) for hop in path.hops),
        codes={
            code_alias.get(uri, uri): node
            if code_alias.get(uri, uri) == uri
            else msgspec.structs.replace(node, uri=code_alias[uri], label="")
            for uri, node in path.codes.items()
        },
        sites={site_alias[uri]: _site(site, site_alias[uri], party_alias) for uri, site in path.sites.items()},
        parties={
            party_alias[uscc]: party
            if uscc in makers
            else PartyNode(id=party_alias[uscc], name="", kind=party.kind, division=party.division)
            for uscc, party in path.parties.items()
        },
        holders=tuple(
            msgspec.structs.replace(
                held,
                site=site_alias.get(held.site or ""),
                party=party_alias.get(held.party or ""),
                codes=(),
            )
            for held in path.holders
        ),
        redacted=True,
    )


def _site(site: SiteNode, alias: str, party_alias: dict[str, str]) -> SiteNode:
    party = party_alias.get(site.party or "")
    if alias == site.id or not alias.startswith("site-"):
        return site
    return SiteNode(id=alias, name="", kind=site.kind, division=site.division, party=party)
