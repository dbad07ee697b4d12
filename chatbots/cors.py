"""Lets the pages of a bot's own domains, and no others, read what the widget asks for.

Called by the public endpoints here and by the session endpoint in conversations.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse

MAX_AGE_SECONDS = "600"


def open_to(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Answer the asking page; only for an origin that was judged before."""
    response["Access-Control-Allow-Origin"] = request.headers.get("Origin", "")
    response["Vary"] = "Origin"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def preflight(request: HttpRequest) -> HttpResponse:
    """The answer to OPTIONS: the JSON of a POST may be sent; the POST itself is judged."""
    response = open_to(request, HttpResponse(status=204))
    response["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
    response["Access-Control-Allow-Headers"] = "Content-Type"
    response["Access-Control-Max-Age"] = MAX_AGE_SECONDS
    return response


def error(code: str, message: str, status: int, **details: object) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message, **details}}, status=status)
