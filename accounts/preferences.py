"""Decides how a person's language, time zone and theme are chosen and kept.

Called by sign-in, the profile form and `member_view`.
"""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from accounts.models import User

THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")
COOKIE_SECONDS = 60 * 60 * 24 * 365


def language_of(request: HttpRequest) -> str:
    """The language that the request is answered in, one of settings.LANGUAGES."""
    return getattr(request, "LANGUAGE_CODE", None) or translation.get_language_from_request(request)


def remember_language(response: HttpResponse, code: str) -> None:
    if code in dict(settings.LANGUAGES):
        _set_cookie(response, settings.LANGUAGE_COOKIE_NAME, code)


def remember_theme(response: HttpResponse, theme: str) -> None:
    if theme == "auto":
        response.delete_cookie(THEME_COOKIE)
    elif theme in THEMES:
        _set_cookie(response, THEME_COOKIE, theme)


def theme_of(request: HttpRequest) -> str:
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return theme if theme in THEMES else "auto"


def zone_of(user: User) -> ZoneInfo:
    """The user's time zone, UTC where the stored name is unknown to this machine."""
    try:
        return ZoneInfo(user.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def language_choices() -> list[tuple[str, str]]:
    """Every language under its own name, so that everyone finds theirs."""
    return [(code, translation.get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


def time_zone_choices() -> list[tuple[str, str]]:
    places = sorted(
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV"))
    )
    return [(name, name.replace("_", " ")) for name in ("UTC", *places)]


def _set_cookie(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=COOKIE_SECONDS, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
    )
