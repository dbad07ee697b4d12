"""An OpenAI-compatible server that says WORDS words, PAUSE milliseconds apart: `paced_server PORT WORDS PAUSE`."""

import asyncio
import json
import sys

from aiohttp import web


def event(content: str | None, finish_reason: str | None = None) -> bytes:
    delta = {} if content is None else {"content": content}
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    body = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "paced", "choices": [choice]}
    return f"data: {json.dumps(body)}\n\n".encode()


USAGE = {"prompt_tokens": 50, "completion_tokens": 50, "total_tokens": 100}
END = (
    event(None, "stop")
    + b"data: "
    + json.dumps({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "paced", "choices": [],
                  "usage": USAGE}).encode()
    + b"\n\ndata: [DONE]\n\n"
)  # fmt: skip


def application(words: int, pause_seconds: float) -> web.Application:
    async def complete(request: web.Request) -> web.StreamResponse:
        await request.read()
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for number in range(words):
            await response.write(event(f"word{number} "))
            if pause_seconds:
                await asyncio.sleep(pause_seconds)
        await response.write(END)
        return response

    made = web.Application()
    made.router.add_post("/v1/chat/completions", complete)
    return made


if __name__ == "__main__":
    port, words, pause = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) / 1000
    web.run_app(application(words, pause), host="127.0.0.1", port=port, access_log=None, print=None)
