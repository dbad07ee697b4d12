"""First token: what the widget's road adds to the same client called directly, one answer at a time.

Interleaved in one run; retrieval apart; median over ROUNDS × REPEATS.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from benchmarks import product
from benchmarks.measuring import Figure, middle
from tests.live_server import WidgetClient, free_port, serving

ROUNDS = 5
REPEATS = 20


def run() -> list[Figure]:
    with product.paced_server(words=6, pause_ms=2) as address:
        product.configure(address)
        bot = product.make_bot()
        times = _timed_stages()
        with serving(free_port()) as host:
            return asyncio.run(_measure(host, bot, address, times))


def _timed_stages() -> dict[str, list[float]]:
    """Time the three database stages that come before the first token."""
    from conversations import answering, visiting

    times: dict[str, list[float]] = defaultdict(list)
    for module, name in ((visiting, "store"), (answering, "open_for"), (answering, "_search")):
        setattr(module, name, _timed(getattr(module, name), times[name]))
    return times


def _timed(function: Callable[..., Any], times: list[float]) -> Callable[..., Any]:
    def measured(*args: Any, **kwargs: Any) -> Any:
        started = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            times.append(time.perf_counter() - started)

    return measured


async def _measure(host: str, bot: str, address: str, times: dict[str, list[float]]) -> list[Figure]:
    from openai import AsyncOpenAI

    direct, widget = [], []
    client = AsyncOpenAI(base_url=address, api_key="sk-bench-no-real-key")
    async with WidgetClient(host, bot, product.ORIGIN) as visitor:
        await visitor.begin_session()
        await visitor.open_socket()
        await visitor.hello()
        for number in range(ROUNDS * REPEATS + 5):
            direct.append(await _direct(client))
            widget.append(await _through_widget(visitor, number))
    return _figures(direct[5:], widget[5:], {name: values[5:] for name, values in times.items()})


async def _direct(client: Any) -> float:
    started = time.perf_counter()
    stream = await client.chat.completions.create(
        model="paced", messages=[{"role": "user", "content": product.QUESTION}], stream=True
    )
    async for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            break
    elapsed = time.perf_counter() - started
    async for _rest in stream:
        pass
    return elapsed


async def _through_widget(visitor: WidgetClient, number: int) -> float:
    started = time.perf_counter()
    await visitor.say({"type": "send", "client_id": f"c{number}", "text": product.QUESTION})
    await visitor.until("delta")
    elapsed = time.perf_counter() - started
    await visitor.until("done")
    return elapsed


def _figures(direct: list[float], widget: list[float], stages: dict[str, list[float]]) -> list[Figure]:
    from django.db import connection

    search, store, opened = (middle(stages[name]) * 1000 for name in ("_search", "store", "open_for"))
    bare, whole = middle(direct) * 1000, middle(widget) * 1000
    added = whole - bare - search
    detail = (
        f"direct {bare:.1f} ms, widget {whole:.1f} ms, search {search:.1f} ms, "
        f"transactions {store + opened:.1f} ms"
    )
    goal = 15 if connection.vendor == "sqlite" else 20
    return [
        Figure(f"first token added, {connection.vendor}", added, goal, "ms", detail),
        Figure(
            "first token added without the database",
            added - store - opened,
            5,
            "ms",
            f"ratio {whole / bare:.2f}×",
        ),
    ]
