"""The widget's loader at its stable address, `/widget.js`, as the embed snippet names it."""

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase

LOADER = "dist/widget/loader.js"
CACHE_SECONDS = 300


def loader(request: HttpRequest) -> HttpResponseBase:
    """Cached for minutes only: the snippet on people's pages never changes, the widget does."""
    collected = settings.STATIC_ROOT / LOADER
    found = collected if collected.exists() and settings.IS_PRODUCTION else finders.find(LOADER)
    if not found:
        raise Http404
    response = FileResponse(open(str(found), "rb"), content_type="text/javascript; charset=utf-8")  # noqa: SIM115 (closed by the response)
    response["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
