"""The product with one published bot on a database of its own, answering through a paced server."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.live_server import free_port

ORIGIN = "https://shop.example.com"
QUESTION = "How much does delivery cost?"
START_SECONDS = 30


@contextmanager
def paced_server(words: int, pause_ms: float) -> Iterator[str]:
    """A model's server in a process of its own; gives its base address."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.paced_server", str(port), str(words), str(pause_ms)]
    server = subprocess.Popen(command)
    try:
        wait_for(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str) -> None:
    """Until something answers at an address, whatever it says."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            with suppress(urllib.error.HTTPError):
                urllib.request.urlopen(address, timeout=1)
            return
        time.sleep(0.05)
    raise TimeoutError(address)


def configure(model_address: str) -> None:
    """Set the environment of the product: a fresh SQLite file unless DATABASE_URL names a server."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder / 'bench.sqlite3'}")
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        OPENAI_BASE_URL=model_address,
        OPENAI_API_KEY="sk-bench-no-real-key",
        OPENAI_CHAT_MODEL="paced",
        OUTBOUND_ALLOWED_HOSTS=model_address.split("/")[2],
        WIDGET_MESSAGES_PER_MINUTE="100000",
        WIDGET_MESSAGES_PER_MINUTE_PER_BOT="100000",
        WIDGET_MESSAGES_PER_MINUTE_PER_CUSTOMER="100000",
        LOG_LEVEL="ERROR",
    )


def make_bot() -> str:
    """Migrate, found a customer without limits, teach a bot and publish it; gives the bot's public id."""
    import django

    django.setup()
    from django.core.management import call_command

    from accounts.models import Customer
    from billing.models import LIMIT_NAMES, EntitlementOverride
    from chatbots import publishing
    from chatbots.models import Chatbot
    from knowledge import ingestion

    call_command("migrate", verbosity=0)
    customer, _made = Customer.objects.get_or_create(slug="bench", defaults={"name": "Bench"})
    for name in LIMIT_NAMES:
        EntitlementOverride.objects.get_or_create(customer=customer, limit=name)
    chatbot = publishing.create_chatbot(customer, "Bench")
    Chatbot.objects.filter(pk=chatbot.pk).update(
        allowed_domains=["shop.example.com"], visitor_daily_limit=1_000_000
    )
    item = ingestion.add_text(
        ingestion.base_for(chatbot), title="Delivery", content="Delivery costs 4 euros. It takes two days."
    )
    ingestion.ingest_now(item)
    return chatbot.public_id
