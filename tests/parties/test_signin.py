"""Signing in and out: the cookie, what it may do across sites, and how often one may try."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import httpx
import pytest

from tests.parties.conftest import CITY, FARM, Headers, entry
from zhuisu import parties
from zhuisu.db import Database
from zhuisu.parties import COOKIE, signin
from zhuisu.parties.errors import SignInRefused, TooManyAttempts
from zhuisu.settings import Settings


@pytest.fixture
async def cookie(client: httpx.AsyncClient, person: Headers) -> Headers:
    token = (await client.post("/sessions", json=person)).cookies[COOKIE]
    client.cookies.clear()
    return {"Cookie": f"{COOKIE}={token}"}


async def test_json_and_form_both_sign_in(client: httpx.AsyncClient, person: Headers) -> None:
    for body in ({"json": person}, {"data": person | {"login": " WANG "}}):
        client.cookies.clear()
        answer = await client.post("/sessions", **body)
        assert answer.status_code == 201
        assert answer.json() == {
            "login": "wang",
            "uscc": FARM,
            "name": "示例1号",
            "roles": ["issuer", "operator"],
            "expires": "2026-06-01T20:00:00Z",
        }
        assert answer.cookies[COOKIE] not in answer.text
        assert (await client.get(f"/parties/{FARM}")).json()["name"] == "示例1号"


async def test_the_cookie_is_closed_to_scripts_and_other_sites(
    client: httpx.AsyncClient, person: Headers, settings: Settings, db: Database, now: datetime
) -> None:
    header = (await client.post("/sessions", json=person)).headers["set-cookie"].lower()
    assert "httponly" in header
    assert "samesite=lax" in header
    assert "path=/" in header
    assert "secure" not in header
    session = await signin.sign_in(db, settings, **person, now=now)
    assert "Secure" in parties.cookie(settings.with_(base="https://zs.example"), session).to_header()


async def test_signing_out_ends_the_session_at_once(client: httpx.AsyncClient, cookie: Headers) -> None:
    assert "name" in (await client.get(f"/parties/{FARM}", headers=cookie)).json()
    out = await client.delete("/sessions", headers=cookie | {"Sec-Fetch-Site": "same-origin"})
    assert out.status_code == 204
    assert f'{COOKIE}=""' in out.headers["set-cookie"]
    assert "name" not in (await client.get(f"/parties/{FARM}", headers=cookie)).json()
    assert (await client.delete("/sessions")).status_code == 204


async def test_a_session_ends_by_itself(
    client: httpx.AsyncClient, person: Headers, settings: Settings, db: Database, now: datetime
) -> None:
    for age, signed_in in ((signin.SESSION_LIFE - timedelta(seconds=1), True), (signin.SESSION_LIFE, False)):
        session = await signin.sign_in(db, settings, **person, now=now - age)
        answer = await client.get(f"/parties/{FARM}", headers={"Cookie": f"{COOKIE}={session.token}"})
        assert ("name" in answer.json()) is signed_in


async def test_an_unknown_login_and_a_wrong_password_are_told_alike(client: httpx.AsyncClient, person: Headers) -> None:
    for change in ({"password": "wrong password"}, {"login": "nobody"}, {"login": "a\x00b"}):
        answer = await client.post("/sessions", json=person | change)
        assert answer.status_code == 401
        assert answer.json() == {
            "type": "/problems/parties/sign-in-refused",
            "title": "The login or the password is not right",
            "status": 401,
            "detail": "no such login with this password",
            "instance": "/sessions",
        }
        assert "set-cookie" not in answer.headers


async def test_what_is_no_sign_in_is_refused(client: httpx.AsyncClient) -> None:
    json, form = "application/json", "application/x-www-form-urlencoded"
    for body, kind, status in [
        (b"", json, 400),
        (b"{}", json, 400),
        (b'{"login": "a", "password": "b", "more": 1}', json, 400),
        (b'{"login": "\xff", "password": "b"}', json, 400),
        (b'{"login": "\\ud800", "password": "b"}', json, 400),
        (b"[" * 100_000, json, 400),
        (b"login=a", form, 400),
        (b"login=%ff&password=b", form, 400),
        (b"&".join([b"a=1"] * 100), form, 400),
        (b"login=a", "text/plain", 415),
        (b"login=a", "", 415),
    ]:
        answer = await client.post("/sessions", content=body, headers={"Content-Type": kind})
        assert (answer.status_code, kind, body[:20]) == (status, kind, body[:20])
        assert answer.headers["content-type"].startswith("application/problem+json")


async def test_tries_are_limited_per_login_until_the_window_is_over(
    person: Headers, settings: Settings, db: Database, now: datetime
) -> None:
    wrong = person | {"password": "wrong password"}
    for n in range(signin.PER_LOGIN):
        with pytest.raises(SignInRefused):
            await signin.sign_in(db, settings, **wrong, now=now, address=f"192.0.2.{n}")
    later = now + timedelta(minutes=5)
    with pytest.raises(TooManyAttempts) as refused:
        await signin.sign_in(db, settings, **person, now=later, address="192.0.2.99")
    assert refused.value.facts["retry_after"] == 10 * 60 + 1
    after = now + signin.WINDOW + timedelta(seconds=1)
    assert (await signin.sign_in(db, settings, **person, now=after)).who.person == "wang"


async def test_tries_are_limited_per_address(
    person: Headers, settings: Settings, db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signin, "PER_ADDRESS", 3)
    for n in range(3):
        with pytest.raises(SignInRefused):
            await signin.sign_in(db, settings, f"guess{n}", "wrong password", now, address="192.0.2.1")
    with pytest.raises(TooManyAttempts):
        await signin.sign_in(db, settings, **person, now=now, address="192.0.2.1")
    assert await signin.sign_in(db, settings, **person, now=now, address="192.0.2.2")


async def test_who_signs_in_well_is_never_held_back(
    person: Headers, settings: Settings, db: Database, now: datetime
) -> None:
    for _ in range(signin.PER_LOGIN + 2):
        assert await signin.sign_in(db, settings, **person, now=now, address="192.0.2.1")


async def test_tries_made_at_once_do_not_slip_through(
    person: Headers, settings: Settings, db: Database, now: datetime
) -> None:
    tries = (signin.sign_in(db, settings, "wang", f"guess {n} of many", now) for n in range(signin.PER_LOGIN + 10))
    refusals = await asyncio.gather(*tries, return_exceptions=True)
    assert Counter(map(type, refusals)) == {SignInRefused: signin.PER_LOGIN, TooManyAttempts: 10}


async def test_a_held_back_caller_is_told_when_to_come_again(client: httpx.AsyncClient, person: Headers) -> None:
    wrong = person | {"password": "wrong password"}
    answers = [await client.post("/sessions", json=wrong) for _ in range(signin.PER_LOGIN + 1)]
    assert [answer.status_code for answer in answers] == [401] * signin.PER_LOGIN + [429]
    assert answers[-1].headers["retry-after"] == "901"


async def test_a_cookie_changes_something_only_from_our_own_pages(client: httpx.AsyncClient, cookie: Headers) -> None:
    cases = [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://zs.example"}, False),
        ({"Origin": "http://zs.example"}, True),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "http://zs.example.evil.example"}, False),
        ({"Origin": "http://zs.example:81"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://[", "Referer": "http://zs.example/"}, False),
        ({"Referer": "http://zs.example/login"}, True),
        ({"Referer": "http://evil.example/zs.example"}, False),
        ({}, False),
    ]
    for n, (headers, allowed) in enumerate(cases):
        made = await client.post(f"/parties/{FARM}/sites", json={"name": f"{n}"}, headers=cookie | headers)
        read = await client.get(f"/parties/{FARM}", headers=cookie | headers)  # reading is never refused
        assert (headers, f"{n}" in {site["name"] for site in read.json()["sites"]}) == (headers, allowed)
        assert made.json().get("type", "") == ("" if allowed else "/problems/auth/cross-site")


async def test_another_site_cannot_sign_anybody_in(client: httpx.AsyncClient, person: Headers) -> None:
    answer = await client.post("/sessions", data=person, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_a_key_beside_a_cookie_is_all_that_counts(
    client: httpx.AsyncClient, cookie: Headers, admin: Headers
) -> None:
    both = cookie | admin | {"Sec-Fetch-Site": "cross-site"}
    assert (await client.post("/parties", json=entry(8), headers=both)).status_code == 201
    broken = cookie | {"Authorization": "Bearer zs_wrong", "Sec-Fetch-Site": "same-origin"}
    assert (await client.get(f"/parties/{CITY}", headers=broken)).status_code == 401


async def test_a_cookie_that_is_no_session_is_the_public(client: httpx.AsyncClient, register: None) -> None:
    for value in ("", "x", "A" * 43, "A" * 44, 'a"b', "zs_" + "A" * 43, "\x00", "é" * 43):
        answer = await client.get(f"/parties/{FARM}", headers={"Cookie": f"{COOKIE}={value}".encode()})
        assert answer.status_code == 200
        assert "name" not in answer.json()
