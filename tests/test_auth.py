"""Every door of the application: none is open by oversight, and each opens only to whom it names."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import httpx
import pytest
from litestar import Litestar, get
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers.base import BaseRouteHandler
from litestar.routes import HTTPRoute

from zhuisu import problems
from zhuisu.auth import KEY_MEMORY, Authentication, May, Principal, Role, Who, caller, may
from zhuisu.db import Database
from zhuisu.parties import access, first_key, register
from zhuisu.parties.model import Entry, Kind, MintedKey, NewKey

REGULATOR = "91370302MA000A012K"
UNKNOWN = "zs_" + "A" * 43


def doors(app: Litestar) -> Iterator[tuple[str, str, BaseRouteHandler]]:
    """Method, address and handler of all that can be called, but for the OPTIONS answers that Litestar makes itself."""
    example = {int: "1", float: "1", UUID: str(UUID(int=0))}
    for route in app.routes:
        parts = [part if isinstance(part, str) else example.get(part.type, "x") for part in route.path_components]
        path = "/" + "/".join(parts)
        if not isinstance(route, HTTPRoute):
            yield "GET", path, route.route_handler
            continue
        for handler in route.route_handlers:
            if handler.fn.__name__ != "options_handler":
                yield from ((method, path, handler) for method in handler.http_methods)


def named(handler: BaseRouteHandler) -> list[May]:
    guards = [guard for layer in handler.ownership_layers for guard in layer.guards or []]
    return [guard for guard in guards if isinstance(guard, May)]


def roles_of(handler: BaseRouteHandler) -> frozenset[Role]:
    return frozenset().union(*(guard.roles for guard in named(handler)))


async def key_of(db: Database, now: datetime, *roles: Role) -> MintedKey:
    """A key of an organisation that may have any role."""
    entry = Entry(uscc=REGULATOR, name="示例监管局", kind=Kind.regulator, division="370302")
    async with db.connection() as conn:
        if not await conn.fetchval("select true from parties.organisation where uscc = $1", REGULATOR):
            await register.register(db, entry, now)
    platform = Principal(roles=frozenset({Role.administrator}), via="key")
    return await access.mint_key(db, platform, REGULATOR, NewKey(label="x", roles=frozenset(roles)), now)


@pytest.fixture
def app(client: httpx.AsyncClient) -> Litestar:
    """The application behind ``client``."""
    return client._transport.app


def test_every_route_says_who_may_call_it(app: Litestar) -> None:
    found = list(doors(app))
    assert len(found) > 10
    assert [f"{method} {path}" for method, path, handler in found if len(named(handler)) != 1] == []


async def test_a_door_that_is_not_public_opens_to_nobody_unknown(app: Litestar, client: httpx.AsyncClient) -> None:
    open_ = [
        f"{method} {path}"
        for method, path, handler in doors(app)
        if roles_of(handler) and (await client.request(method, path)).status_code != 401
    ]
    assert open_ == []


async def test_a_door_does_not_open_to_a_role_it_does_not_name(
    app: Litestar, client: httpx.AsyncClient, db: Database, now: datetime
) -> None:
    keys = {role: (await key_of(db, now, role)).key for role in Role}
    open_ = []
    for method, path, handler in doors(app):
        roles = roles_of(handler)
        for role in set(Role) - roles if roles else ():
            answer = await client.request(method, path, headers={"Authorization": f"Bearer {keys[role]}"})
            if answer.status_code != 403:
                open_.append(f"{method} {path} as {role}: {answer.status_code}")
    assert open_ == []


async def test_a_key_that_is_none_is_told_so_even_at_an_open_door(client: httpx.AsyncClient) -> None:
    for authorization in (
        "",
        "Bearer",
        "Bearer ",
        "Bearer zs_",
        f"Bearer {UNKNOWN}",
        f"Bearer {UNKNOWN} ",
        f"Bearer  {UNKNOWN}",
        f"Bearer {UNKNOWN}x",
        f"bearer {UNKNOWN}",
        f"Basic {UNKNOWN}",
        f"Bearer {UNKNOWN}, Bearer {UNKNOWN}",
        "Bearer zs_" + "é" * 43,
    ):
        answer = await client.get(f"/parties/{REGULATOR}", headers={"Authorization": authorization.encode()})
        assert (answer.status_code, authorization) == (401, authorization)
        assert answer.json()["type"] == "/problems/unauthenticated"
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_two_keys_at_once_are_no_key(client: httpx.AsyncClient, db: Database, now: datetime) -> None:
    key = (await first_key(db, now)).key
    headers = [("Authorization", f"Bearer {key}")]
    assert (await client.get("/parties", headers=headers)).status_code == 200
    assert (await client.get("/parties", headers=headers * 2)).status_code == 401


async def test_who_is_calling_is_known_whole(db: Database, now: datetime) -> None:
    key = await key_of(db, now, Role.regulator, Role.operator)
    async with small(db, clock=lambda: 0.0) as client:
        assert (await client.get("/", headers={"Authorization": f"bearer {key.key}"})).json() == {
            "party": 1,
            "uscc": REGULATOR,
            "name": "示例监管局",
            "kind": "regulator",
            "roles": ["operator", "regulator"],
            "divisions": ["370302"],
            "via": "key",
            "person": "",
        }
        assert (await client.get("/")).json()["via"] == "public"


async def test_a_revoked_key_is_believed_no_longer_than_said(db: Database, now: datetime) -> None:
    key = await key_of(db, now, Role.operator)
    headers = {"Authorization": f"Bearer {key.key}"}
    seconds = 100.0
    async with small(db, clock=lambda: seconds) as client:
        assert (await client.get("/", headers=headers)).status_code == 200
        await access.revoke_key(db, REGULATOR, key.id, now)
        seconds += KEY_MEMORY - 0.1
        assert (await client.get("/", headers=headers)).status_code == 200
        seconds += 0.2
        assert (await client.get("/", headers=headers)).status_code == 401
        seconds -= 0.2
        assert (await client.get("/", headers=headers)).status_code == 401


def small(db: Database, clock: object) -> httpx.AsyncClient:
    """An application of one open route, with a clock of its own for the memory of keys."""

    @get("/", guards=[may()])
    async def whoami(who: Who) -> dict[str, object]:
        return {name: getattr(who, name) for name in who.__struct_fields__} | {"roles": sorted(who.roles)}

    app = Litestar(
        [whoami],
        middleware=[Authentication(clock)],
        dependencies={"who": Provide(caller, sync_to_thread=False)},
        state=State({"db": db}),
        exception_handlers={Exception: problems.handler},
        openapi_config=None,
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://small.example")
