"""What people look at: server-rendered pages in Chinese and English. They ask the other rooms' verbs, decide nothing.

``HANDLERS`` are the routes, ``problem`` answers a browser's errors with a page and all others with a problem object,
``secure`` adds the headers a browser needs to be safe, ``SchemaPage`` shows the API without leaving this host.
"""

from zhuisu.pages.browser import problem, secure
from zhuisu.pages.routes import HANDLERS
from zhuisu.pages.schema import SchemaPage

__all__ = ["HANDLERS", "SchemaPage", "problem", "secure"]
