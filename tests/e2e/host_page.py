"""A page on an origin of its own, under a strict policy, that carries whatever snippet it is given."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.live_server import free_port

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Harbour Bikes</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"></head>
<body><main><h1>Harbour Bikes</h1><p>Bikes by the day, at the ferry.</p></main>{snippet}</body></html>"""


class HostPage:
    """Somebody's web site: `paste` changes what it serves from then on."""

    def __init__(self, product_url: str) -> None:
        self.domain = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self.domain}/"
        sockets = product_url.replace("http", "ws", 1)
        scripts = f"script-src {product_url}; connect-src {product_url} {sockets}"
        self.policy = f"default-src 'none'; img-src data:; {scripts}"
        self.content = PAGE.format(snippet="")

    def paste(self, snippet: str) -> None:
        self.content = PAGE.format(snippet=snippet)


@contextmanager
def hosting(product_url: str) -> Iterator[HostPage]:
    """Serve a host page until the block ends."""
    page = HostPage(product_url)
    port = int(page.domain.rpartition(":")[2])
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(page))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield page
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(page: HostPage) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page.content.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", page.policy)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *_: object) -> None:
            """Says nothing: the test's output is the test's."""

    return Handler
