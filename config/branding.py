"""The installation's own accent as a style sheet, because no page carries inline style."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COLOR = re.compile(r"#[0-9a-fA-F]{6}")
CACHE_SECONDS = 300


def stylesheet(request: HttpRequest) -> HttpResponse:
    light, dark = settings.PRODUCT_ACCENT_LIGHT, settings.PRODUCT_ACCENT_DARK
    chosen = [color for color in (light or dark, dark or light) if COLOR.fullmatch(color)]
    css = f"html:root {{ --accent: {chosen[0]}; --accent-dark: {chosen[1]}; }}\n" if len(chosen) == 2 else ""
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    return response
