"""The studio's live parts: how the widget looks, what it says in each language, and where it may stand."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import Action
from accounts.tenancy import TenantRequest, member_view
from chatbots import colors, studio, widget_config, widgets
from chatbots.models import Chatbot
from chatbots.widget_forms import DomainsForm, LocaleTextsForm, WidgetForm


@member_view(Action.VIEW_BOTS)
def widget(request: TenantRequest, bot: str) -> HttpResponse:
    chatbot = studio.find(request, bot)
    return _widget_page(request, chatbot, WidgetForm(instance=chatbot.widget_settings))


@member_view(Action.EDIT_BOTS)
@require_POST
def save_widget(request: TenantRequest, bot: str) -> HttpResponse:
    chatbot = studio.find(request, bot)
    form = WidgetForm(request.POST, request.FILES, instance=studio.find(request, bot).widget_settings)
    if not form.is_valid():
        return _widget_page(request, chatbot, form)
    values = {name: form.cleaned_data[name] for name in WidgetForm.Meta.fields}
    widgets.change_settings(chatbot.widget_settings, values, request.user)
    picture = form.cleaned_data["avatar"]
    if picture or form.cleaned_data["remove_avatar"]:
        widgets.change_avatar(chatbot.widget_settings, picture, request.user)
    messages.success(request, _("Saved. Visitors see it from now on."))
    return redirect("chatbots:widget", chatbot.public_id)


def _widget_page(request: TenantRequest, chatbot: Chatbot, form: WidgetForm) -> HttpResponse:
    widget_settings = chatbot.widget_settings
    context = studio.frame(request, chatbot, "widget") | {
        "form": form,
        "has_avatar": bool(widget_settings.avatar),
        "verdict": colors.verdict(widget_settings.color),
        "preview": widget_config.panel(chatbot, chatbot.customer.locale),
        "languages": _languages(chatbot),
    }
    return render(request, "chatbots/widget.html", context)


@member_view(Action.EDIT_BOTS)
def locale_texts(request: TenantRequest, bot: str, locale: str) -> HttpResponse:
    chatbot = studio.find(request, bot)
    if locale not in dict(settings.LANGUAGES):
        raise Http404
    own = chatbot.widget_settings.locale_texts.get(locale, {})
    form = LocaleTextsForm(request.POST if request.method == "POST" else None, initial=own)
    if request.method == "POST" and form.is_valid():
        kept = {key: value for key, value in own.items() if key not in form.fields}
        widgets.change_locale_texts(chatbot.widget_settings, locale, kept | form.values(), request.user)
        messages.success(request, _("Saved. Visitors see it from now on."))
        return redirect("chatbots:widget", chatbot.public_id)
    context = studio.frame(request, chatbot, "widget") | {
        "form": form,
        "locale": locale,
        "language": translation.get_language_info(locale),
        "preview": widget_config.panel(chatbot, locale),
    }
    return render(request, "chatbots/locale_texts.html", context)


def _languages(chatbot: Chatbot) -> list[dict[str, Any]]:
    own = chatbot.widget_settings.locale_texts
    return [
        {
            "code": code,
            "name": translation.get_language_info(code)["name_local"],
            "is_own": bool(own.get(code)),
        }
        for code, _name in settings.LANGUAGES
    ]


@member_view(Action.VIEW_BOTS)
def embed(request: TenantRequest, bot: str) -> HttpResponse:
    chatbot = studio.find(request, bot)
    form = DomainsForm(initial={"allowed_domains": chatbot.allowed_domains})
    return _embed_page(request, chatbot, form)


@member_view(Action.EDIT_BOTS)
@require_POST
def save_domains(request: TenantRequest, bot: str) -> HttpResponse:
    chatbot = studio.find(request, bot)
    form = DomainsForm(request.POST)
    if not form.is_valid():
        return _embed_page(request, chatbot, form)
    widgets.change_domains(chatbot, form.cleaned_data["allowed_domains"], request.user)
    messages.success(request, _("Saved. The widget answers on these pages from now on."))
    return redirect("chatbots:embed", chatbot.public_id)


@member_view(Action.VIEW_BOTS)
def embed_status(request: TenantRequest, bot: str) -> HttpResponse:
    """Asked every three seconds until the widget has called home."""
    return render(request, "chatbots/_embed_status.html", {"chatbot": studio.find(request, bot)})


def _embed_page(request: TenantRequest, chatbot: Chatbot, form: DomainsForm) -> HttpResponse:
    address = f"{settings.SITE_URL.rstrip('/')}/widget.js"
    context = studio.frame(request, chatbot, "embed") | {
        "form": form,
        "snippet": f'<script async src="{address}" data-bot="{chatbot.public_id}"></script>',
        "site": settings.SITE_URL.rstrip("/"),
    }
    return render(request, "chatbots/embed.html", context)
