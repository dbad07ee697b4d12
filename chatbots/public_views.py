"""What pages of other sites may fetch without a cookie: the launcher's look and the bot's picture."""

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from chatbots import avatars, domains, presence, widget_config
from chatbots.models import Chatbot, ChatbotStatus

LAUNCHER_SECONDS = 30
AVATAR_SECONDS = 86_400


@require_safe
def launcher(request: HttpRequest, bot: str) -> HttpResponse:
    """The loader's first call; from an allowed page it counts as "called home"."""
    chatbot = _visible_bot(bot)
    origin = page_origin(request)
    response = _launcher_response(request, chatbot, origin)
    patch_vary_headers(response, ["Origin"])
    return response


def _launcher_response(request: HttpRequest, chatbot: Chatbot | None, origin: str | None) -> HttpResponse:
    if chatbot is None:
        return JsonResponse({"error": {"code": "not_found"}}, status=404)
    if origin is None or not domains.origin_allowed(chatbot, origin):
        return JsonResponse({"error": {"code": "origin_refused"}}, status=403)
    presence.record_call(chatbot, origin)
    response = JsonResponse(widget_config.launcher(chatbot, request.GET.get("locale", "")))
    response["Access-Control-Allow-Origin"] = origin
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = f"private, max-age={LAUNCHER_SECONDS}"
    return response


def page_origin(request: HttpRequest) -> str | None:
    """The page's origin. Browsers send none with a GET to the page's own origin, but say that it is one."""
    origin = request.headers.get("Origin")
    if origin is None and request.headers.get("Sec-Fetch-Site") == "same-origin":
        return domains.origin_of(settings.SITE_URL)
    return origin


@require_safe
def avatar(request: HttpRequest, bot: str) -> HttpResponseBase:
    """The bot's picture, for pages of every site; nothing in it can run."""
    chatbot = _visible_bot(bot)
    if chatbot is None or not chatbot.widget_settings.avatar:
        raise Http404
    picture = chatbot.widget_settings.avatar
    try:
        response = FileResponse(picture.open("rb"), content_type=avatars.content_type(str(picture.name)))
    except FileNotFoundError as error:
        raise Http404 from error
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = f"public, max-age={AVATAR_SECONDS}"
    return response


def _visible_bot(public_id: str) -> Chatbot | None:
    """An active bot of a customer who is not suspended: what visitors may know of."""
    return (
        Chatbot.objects.filter(public_id=public_id, status=ChatbotStatus.ACTIVE, customer__suspended_at=None)
        .select_related("customer", "widget_settings", "live_version")
        .first()
    )
