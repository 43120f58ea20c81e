"""The limit of any service in this process model: the same server, the same settings, the body read, nothing done.

>>> python -m bench.bare 18081
"""

import sys

import uvicorn
from litestar.types import Receive, Scope, Send

from zhuisu import server


async def app(_: Scope, receive: Receive, send: Send) -> None:
    """Answer 201 to whatever is posted."""
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


if __name__ == "__main__":
    uvicorn.run(app, **{**server.HTTP, "port": int(sys.argv[1]), "lifespan": "off"})
