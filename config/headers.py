"""Headers of static files: the widget's are read by pages of other origins."""

from typing import Any


def add_static_headers(headers: Any, path: str, url: str) -> None:
    if "/dist/widget/" in url:
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
