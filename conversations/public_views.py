"""What the widget asks over plain HTTP: a session for its socket. No cookies; the page's origin is judged."""

from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.addresses import client_address
from chatbots import cors, widget_config
from chatbots.models import Chatbot
from conversations import limits, visiting, visitors
from conversations.exceptions import RateLimitedError

MAX_BODY_BYTES = 8_192


class Page(msgspec.Struct, frozen=True):
    url: str = ""
    title: str = ""


class SessionRequest(msgspec.Struct, frozen=True):
    visitor_key: str | None = None
    locale: str = ""
    page: Page = Page()


REFUSALS = {
    "not_found": (404, "There is no such bot."),
    "suspended": (404, "This bot does not answer at the moment."),
    "bot_paused": (404, "This bot does not answer at the moment."),
    "origin_refused": (403, "This page may not show the bot: its owner has not allowed the domain."),
}


@csrf_exempt
@require_http_methods(["POST", "OPTIONS"])
def session(request: HttpRequest, bot: str) -> HttpResponse:
    """Give a visitor's page a token of settings.WIDGET_TOKEN_SECONDS and all that the panel shows."""
    chatbot = visiting.find_chatbot(bot)
    refusal = visiting.refusal_of(chatbot, request.headers.get("Origin"))
    if refusal or chatbot is None:
        status, message = REFUSALS[refusal or "not_found"]
        return cors.error(refusal or "not_found", message, status)
    if request.method == "OPTIONS":
        return cors.preflight(request)
    return cors.open_to(request, _begin(request, chatbot))


def _begin(request: HttpRequest, chatbot: Chatbot) -> HttpResponse:
    try:
        limits.check_session_rate(client_address(request) or "")
        asked = _read(request)
    except RateLimitedError as error:
        return cors.error(error.code, str(error), 429, retry_after=error.retry_after_seconds)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return cors.error("invalid_request", "The body is not the JSON that this address expects.", 400)
    key = asked.visitor_key if visitors.is_visitor_key(asked.visitor_key) else visitors.new_visitor_key()
    origin = request.headers["Origin"]
    return JsonResponse(
        {
            "token": visitors.issue_token(
                chatbot, origin, str(key), locale=asked.locale, page_url=asked.page.url
            ),
            "expires_in": settings.WIDGET_TOKEN_SECONDS,
            "visitor_key": key,
            "socket": socket_address(chatbot),
            "widget": widget_config.panel(chatbot, asked.locale),
        }
    )


def _read(request: HttpRequest) -> SessionRequest:
    if len(request.body) > MAX_BODY_BYTES:
        raise ValueError("too large")
    return msgspec.json.decode(request.body or b"{}", type=SessionRequest)


def socket_address(chatbot: Chatbot) -> str:
    parts = urlsplit(settings.SITE_URL)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return f"{scheme}://{parts.netloc}/ws/widget/{chatbot.public_id}/"
