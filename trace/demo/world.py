"""The demo world: a small fictitious district of Zibo, told to an empty service through its public API.

>>> with server.listening(settings, "zhuisu demo") as address:
...     world.show(world.fill(settings, address), Console())
"""

import asyncio
import os
import secrets
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import quote

import httpx
import msgspec
from msgspec.structs import replace
from rich.console import Console

from zhuisu import db, embedded, parties
from zhuisu.demo import drugs, eggs, goods, pork, vaccine
from zhuisu.demo.district import District
from zhuisu.demo.errors import NotEmpty
from zhuisu.demo.people import MEMBERS
from zhuisu.settings import Settings

CHINA = timezone(timedelta(hours=8))
TIMEOUT = 60.0


class World(msgspec.Struct, frozen=True, kw_only=True):
    """What ``DIR/demo.json`` holds: where the service is, and who and what can be tried out there."""

    base: str
    keys: dict[str, str]
    codes: dict[str, str]
    certificates: dict[str, str]
    logins: dict[str, str]


def fill(settings: Settings, address: str) -> World:
    """Fill the empty service at ``address`` over HTTP; one that is filled already stays as it is.

    Only the administrator's first key comes from the database itself, as in ``zhuisu keygen``. Raises NotEmpty,
    Unexpected.
    """
    path = settings.data / "demo.json"
    with httpx.Client(base_url=address, timeout=TIMEOUT) as http:
        if world := _filled(path, http):
            moved = _at(world, address)
            if moved != world:
                _keep(path, moved)
            return moved
        now = datetime.now(CHINA).replace(second=0, microsecond=0)
        district = District(http, _first_key(settings), now)
        password = f"shifan-{secrets.randbelow(10**6):06}"
        for member in MEMBERS:
            district.register(member, password)
        district.welcome(parties.PLATFORM, "admin", "示范平台管理员", password, (parties.Role.administrator,))
        goods.play(district)
        codes = vaccine.play(district) | drugs.play(district)
        egg_codes, egg_certificates = eggs.play(district)
        meat_codes, meat_certificates = pork.play(district)
        district.send()
    world = World(
        base=address,
        keys=district.keys,
        codes=codes | egg_codes | meat_codes,
        certificates=egg_certificates | meat_certificates,
        logins=dict.fromkeys(district.keys, password),
    )
    world = _at(world, address)
    _keep(path, world)
    return world


def show(world: World, console: Console) -> None:
    """Print where to look, how to sign in, and three commands to try; URLs stay in one piece."""
    codes, papers = world.codes, world.certificates

    def path_of(code: str) -> str:
        return f"{world.base}/path/{quote(code, safe='')}"

    console.rule("[bold]zhuisu 追溯 · 示范区 demo district")
    console.print("全部主体、人员、地址均为虚构。Every party, person and address here is made up.\n", style="dim")
    for zh, en, url in (
        ("首页", "home", world.base),
        ("鸡蛋合格证", "egg certificate", papers["egg"]),
        ("疫苗全程路径", "path of a vaccine", path_of(codes["vaccine_item"])),
        ("异常一：冷链超温", "anomaly 1: cold chain broken", path_of(codes["vaccine_warm"])),
        ("异常二：一码两卖", "anomaly 2: one code sold twice", path_of(codes["drug_resold"])),
        (
            "异常三：合格证已撤销仍在架",
            "anomaly 3: certificate revoked, still on sale",
            path_of(codes["egg_withdrawn"]),
        ),
    ):
        console.print(f"{zh} [dim]{en}[/]\n  [link={url}]{url}[/link]", highlight=False, soft_wrap=True)
    password = next(iter(world.logins.values()))
    console.print(
        f"\n登录 sign in  {world.base}/login  口令 password [bold]{password}[/]", highlight=False, soft_wrap=True
    )
    console.print("  " + " ".join(world.logins), highlight=False, soft_wrap=True)
    console.print("  [dim]regulator 可见全部名称 sees every name; the public path is redacted[/]", soft_wrap=True)
    console.print("\n样例码 sample codes")
    for name, code in codes.items():
        console.print(f"  {name:17} {code}", highlight=False, soft_wrap=True)
    console.print("\n试一试 try")
    body = msgspec.json.encode({"codes": [papers["waiting"], codes["egg_waiting"]]}).decode()
    header = f"-H 'Authorization: Bearer {world.keys['shop']}' -H 'Content-Type: application/json'"
    for command in (
        f"zhuisu trace '{codes['vaccine_item']}' --base {world.base} --key {world.keys['cdc']}",
        f"zhuisu verify '{papers['egg']}' --base {world.base}",
        f"curl -s {world.base}/scan/intake {header} -d '{body}'",
    ):
        console.print(f"  {command}", highlight=False, markup=False, soft_wrap=True)
    console.print()


def _filled(path: Path, http: httpx.Client) -> World | None:
    """The world that ``path`` tells of, when this service still knows its administrator."""
    if not path.exists():
        return None
    try:
        world = msgspec.json.decode(path.read_bytes(), type=World)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotEmpty(f"{path} is not a demo world's: {error}", mend="give an empty directory with --data") from error
    answer = http.get("/parties", params={"limit": 1}, headers={"Authorization": f"Bearer {world.keys['admin']}"})
    return world if answer.is_success else None


def _at(world: World, address: str) -> World:
    """The same world served at ``address``: a certificate is its digits, whatever host stands before them."""
    papers = {name: f"{address}/c/{url.rpartition('/')[2]}" for name, url in world.certificates.items()}
    return replace(world, base=address, certificates=papers)


def _keep(path: Path, world: World) -> None:
    """Write ``path`` whole or not at all; it holds keys, so only its owner may read it."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(world), indent=2) + b"\n")
    part.replace(path)


def _first_key(settings: Settings) -> str:
    url = settings.database_url
    if not url:
        owner = embedded.owner(settings.data)
        assert owner is not None, "the service that fill talks to holds the data directory"
        url = owner.url

    async def mint() -> str:
        async with db.connect(url, size=1) as database:
            return (await parties.first_key(database, datetime.now(UTC), name="示范追溯平台")).key

    return asyncio.run(mint())
