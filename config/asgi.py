"""The ASGI application: sockets through Channels, plain HTTP through the WSGI stack on a bounded pool of threads.

Served by the embedded runner (everything) and by the production `live` process (sockets; HTTP too where no
WSGI worker stands beside it). Django over WSGI on long-lived threads costs an eighth of Django over ASGI.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any, cast

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
wsgi_application = get_wsgi_application()

from a2wsgi import WSGIMiddleware  # noqa: E402 (after django.setup)
from channels.sessions import SessionMiddlewareStack  # noqa: E402
from django.conf import settings  # noqa: E402

from conversations import live, routing  # noqa: E402
from integrations import providers  # noqa: E402
from integrations.providers import openai  # noqa: E402
from knowledge import languages  # noqa: E402

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

protocols = ProtocolTypeRouter(
    {
        "http": WSGIMiddleware(cast(Any, wsgi_application), workers=settings.WORKER_THREADS),
        "websocket": SessionMiddlewareStack(URLRouter(routing.websocket_urlpatterns)),
    }
)


def _warm_up() -> None:
    """Load what the first answer would wait for, beside the start and not before it."""
    openai.warm()
    languages.warm_up()


async def lifespan(receive: Receive, send: Send) -> None:
    """Bind the loop that live chat runs on; stop its answers in order at the end."""
    await receive()
    live.start()
    warming = asyncio.create_task(asyncio.to_thread(_warm_up))
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await warming
    await live.stop()
    await providers.close_all()
    await send({"type": "lifespan.shutdown.complete"})


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    else:
        await protocols(scope, receive, send)
