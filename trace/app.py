"""The whole service as one ASGI application: the only place that knows every part.

>>> app = create_app(settings)          # settings.database_url must point to a migrated database
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

import zhuisu
from zhuisu import auth, certs, db, pages, parties, probes, web
from zhuisu.chain import routes as chain
from zhuisu.db import Database
from zhuisu.epcis import capture_lane, deliver, exceptions, filters, jobs, listen, query, reporters
from zhuisu.epcis import headers as gs1
from zhuisu.epcis import routes as epcis
from zhuisu.exchange import routes as exchange
from zhuisu.interface import describe
from zhuisu.ledger import GroupCommit, group_commit
from zhuisu.products import routes as products
from zhuisu.scan import routes as scan
from zhuisu.settings import Settings

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The wall clock, aware, in UTC."""
    return datetime.now(UTC)


async def find_events(db: Database, who: auth.Principal, text: str) -> tuple[list[bytes], str]:
    """A page of events by the query string of the EPCIS door, for doors that show events in another form."""
    page = await query.events(db, who, filters.parse(text))
    return page.docs, page.next


def create_app(settings: Settings, *, clock: Clock = utc_now) -> Litestar:
    """The application for ``settings``; ``clock`` is what its verbs take for now.

    Both are in its state, and read from there when it starts: what is built here does not depend on them.
    """

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        settings, clock = app.state.settings, app.state.clock
        async with (
            db.connect(
                settings.database_url,
                size=settings.pool_size,
                acquire_timeout=settings.acquire_timeout,
                statement_timeout=settings.statement_timeout,
            ) as database,
            group_commit(database, reporters.Guard()) as commit,
            jobs.working(database, settings.data, clock) as captures,
            deliver.running(database, settings, clock) as pulse,
        ):
            app.state.db, app.state.commit, app.state.captures = database, commit, captures
            app.state.pulse = pulse
            yield

    def provide_db(state: State) -> Database:
        database: Database = state.db
        return database

    def provide_commit(state: State) -> GroupCommit:
        commit: GroupCommit = state.commit
        return commit

    def provide_settings(state: State) -> Settings:
        held: Settings = state.settings
        return held

    def provide_now(state: State) -> datetime:
        now: datetime = state.clock()
        return now

    app = Litestar(
        route_handlers=[
            *probes.HANDLERS,
            *parties.HANDLERS,
            *products.HANDLERS,
            *certs.HANDLERS,
            *chain.HANDLERS,
            *epcis.HANDLERS,
            *exchange.HANDLERS,
            *scan.HANDLERS,
            *pages.HANDLERS,
        ],
        lifespan=[lifespan],
        middleware=[web.Counting(), auth.MIDDLEWARE],
        dependencies={
            "db": Provide(provide_db, sync_to_thread=False),
            "commit": Provide(provide_commit, sync_to_thread=False),
            "settings": Provide(provide_settings, sync_to_thread=False),
            "now": Provide(provide_now, sync_to_thread=False),
            "who": Provide(auth.caller, sync_to_thread=False),
            "rest": Provide(web.rest, sync_to_thread=False),
            "find": Provide(lambda: find_events, sync_to_thread=False),
        },
        state=State({"settings": settings, "clock": clock}),
        exception_handlers={Exception: exceptions.within(pages.problem)},
        before_send=[pages.secure, gs1.announce],
        after_exception=[listen.remember],
        request_max_body_size=settings.max_body,
        logging_config=None,
        openapi_config=OpenAPIConfig(
            title="zhuisu 追溯",
            version=zhuisu.__version__,
            path="/schema",
            render_plugins=[pages.SchemaPage()],
            openapi_router=Router("/schema", guards=[auth.may()], route_handlers=[]),
            components=Components(
                security_schemes={
                    "key": SecurityScheme(type="http", scheme="bearer"),
                    "session": SecurityScheme(type="apiKey", name=auth.COOKIE, security_scheme_in="cookie"),
                }
            ),
        ),
    )
    describe(app)
    web.resolve_in_turn(app)
    web.tell_methods(app)
    app.asgi_handler = listen.Denial()(capture_lane.short_way(web.with_heads(app.asgi_handler)))
    return app
