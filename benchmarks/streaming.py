"""Streaming: CPU of the server per token sent to visitors, beside the official client's typed stream alone."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import product
from benchmarks.measuring import Figure, cpu_seconds, middle
from tests.live_server import WidgetClient, free_port

ROUNDS = 5
CHATS = 10
WORDS = 400
PAUSE_MS = 5
REFERENCE = """
import asyncio, sys, time
from openai import AsyncOpenAI

async def read(client):
    stream = await client.chat.completions.create(
        model="paced", messages=[{"role": "user", "content": "x"}], stream=True)
    return sum([1 async for chunk in stream if chunk.choices and chunk.choices[0].delta.content])

async def main(address, chats):
    client = AsyncOpenAI(base_url=address, api_key="sk-bench-no-real-key")
    await read(client)
    started = time.process_time()
    tokens = sum(await asyncio.gather(*(read(client) for _ in range(chats))))
    print((time.process_time() - started) / tokens * 1e6)

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


def run() -> list[Figure]:
    with product.paced_server(WORDS, PAUSE_MS) as address:
        product.configure(address)
        bot = product.make_bot()
        with _server() as (host, pid):
            asyncio.run(_chats(host, bot, 2))
            ours, typed = [], []
            for _ in range(ROUNDS):
                typed.append(_reference(address))
                ours.append(_ours(host, bot, pid))
    ratio = middle(ours) / middle(typed)
    detail = f"ours {middle(ours):.0f} µs, typed stream {middle(typed):.0f} µs a token, {CHATS} chats"
    return [Figure("CPU per streamed token", ratio, 0.5, "×", detail)]


def _ours(host: str, bot: str, pid: int) -> float:
    before = cpu_seconds(pid)
    asyncio.run(_chats(host, bot, CHATS))
    return (cpu_seconds(pid) - before) / (CHATS * WORDS) * 1e6


def _reference(address: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", REFERENCE, address, str(CHATS)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


async def _chats(host: str, bot: str, count: int) -> None:
    await asyncio.gather(*(_chat(host, bot) for _ in range(count)))


async def _chat(host: str, bot: str) -> None:
    async with WidgetClient(host, bot, product.ORIGIN) as visitor:
        await visitor.begin_session()
        await visitor.open_socket()
        await visitor.hello()
        await visitor.say({"type": "send", "client_id": "c", "text": product.QUESTION})
        await visitor.until("done")


@contextmanager
def _server() -> Iterator[tuple[str, int]]:
    """The product's ASGI process alone, so that its CPU time can be read."""
    port = free_port()
    environment = os.environ | {"SITE_URL": f"http://127.0.0.1:{port}"}
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(port), "--log-level", "error",
               "--ws", "websockets-sansio", "--ws-per-message-deflate", "false"]  # fmt: skip
    server = subprocess.Popen(command, env=environment)
    try:
        product.wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"127.0.0.1:{port}", server.pid
    finally:
        server.terminate()
        server.wait()
