"""Verbs of the session: sign in with login and password, sign out.

Attempts are counted in PostgreSQL, so the limits hold across workers and machines.
"""

import asyncio
import re
from datetime import datetime, timedelta

from zhuisu.db import Database
from zhuisu.parties import secret, store
from zhuisu.parties.errors import SignInRefused, TooManyAttempts
from zhuisu.parties.model import Session
from zhuisu.settings import Settings

SESSION_LIFE = timedelta(hours=12)
WINDOW = timedelta(minutes=15)
PER_LOGIN = 10
PER_ADDRESS = 100  # an office behind one address signs in too

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")


async def sign_in(
    db: Database, settings: Settings, login: str, password: str, now: datetime, *, address: str = ""
) -> Session:
    """A session for whoever knows login and password; ``address`` is the caller's network address.

    The attempt is counted before the password is looked at, so that a hundred at once do not slip through.
    Raises TooManyAttempts; SignInRefused, alike in words and time for an unknown login and a wrong password.
    """
    login = login.strip().lower()
    subjects = secret.blind(settings.master_key, "login", login), secret.blind(settings.master_key, "address", address)
    await _count(db, subjects, now)
    found = None
    if _LOGIN.fullmatch(login):
        async with db.connection() as conn:
            found = await store.person_by_login(conn, login)
    stored = found[1] if found else None
    if not await asyncio.to_thread(secret.matches, stored, password) or found is None:
        raise SignInRefused("no such login with this password")
    person, _, who = found
    token, expires = secret.new_token(), now + SESSION_LIFE
    async with db.transaction() as conn:
        await store.start_session(conn, secret.digest(token), person, now, expires)
        await store.forgive_attempt(conn, *subjects)
        await store.sweep(conn, now, now - WINDOW)
    return Session(token=token, expires=expires, who=who)


async def sign_out(db: Database, token: str) -> None:
    """Ends the session, at once and everywhere. An unknown token is no error: whoever asks is signed out."""
    async with db.transaction() as conn:
        await store.end_session(conn, secret.digest(token))


async def _count(db: Database, subjects: tuple[bytes, bytes], now: datetime) -> None:
    async with db.transaction() as conn:
        counts = await store.count_attempt(conn, subjects, now, now - WINDOW)
    for subject, limit in zip(subjects, (PER_LOGIN, PER_ADDRESS), strict=True):
        count, since = counts[subject]
        if count > limit:
            wait = int((since + WINDOW - now).total_seconds()) + 1
            raise TooManyAttempts(f"more than {limit} sign-in attempts within {WINDOW}", retry_after=wait)
