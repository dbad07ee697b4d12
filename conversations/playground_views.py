"""The studio's "Try it": a fragment (or a page, without htmx) that asks the draft or the live bot."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Action
from accounts.tenancy import TenantRequest, get_or_404, member_view
from chatbots.models import Chatbot
from conversations import passages, playground, thread
from conversations.exceptions import ConversationError
from conversations.forms import QuestionForm
from conversations.models import AuthorKind, Conversation, Message, MessageState
from conversations.views import as_number

EVERYTHING = 200


@require_http_methods(["GET", "POST"])
@member_view(Action.VIEW_BOTS)
def playground_page(request: TenantRequest, chatbot: str) -> HttpResponse:
    """GET shows the talk so far; POST asks."""
    bot = _bot(request, chatbot)
    version = version_of(request)
    if request.method == "POST":
        return _ask(request, bot, version)
    return _show(request, bot, version)


def _ask(request: TenantRequest, bot: Chatbot, version: str) -> HttpResponse:
    form = QuestionForm(request.POST)
    error = ""
    if form.is_valid():
        try:
            playground.ask(
                bot,
                request.user,
                form.cleaned_data["text"],
                version=version,
                client_id=form.cleaned_data["client_id"] or None,
            )
        except ConversationError:
            error = _("That could not be sent. Try again.")
    else:
        error = str(next(iter(form.errors.values()))[0])
    if request.htmx:
        return _show(request, bot, version, error=error, status=422 if error else 200)
    if error:
        messages.error(request, error)
    return redirect(f"{reverse('conversations:playground', args=(bot.public_id,))}?version={version}")


@require_POST
@member_view(Action.VIEW_BOTS)
def start_again(request: TenantRequest, chatbot: str) -> HttpResponse:
    """Begin a new conversation with the same version."""
    bot = _bot(request, chatbot)
    version = version_of(request)
    playground.start_again(bot, request.user, version)
    if request.htmx:
        return _show(request, bot, version)
    return redirect(f"{reverse('conversations:playground', args=(bot.public_id,))}?version={version}")


@require_GET
@member_view(Action.VIEW_BOTS)
def playground_messages(request: TenantRequest, chatbot: str) -> HttpResponse:
    """What is new since the page's `revision`; 204 when nothing is."""
    bot = _bot(request, chatbot)
    talk = playground.current(bot, request.user, version_of(request))
    if talk is None or talk.last_revision <= (as_number(request.GET.get("revision")) or 0):
        return HttpResponse(status=204)
    seen = as_number(request.GET.get("sequence")) or 0
    changed = thread.changed_since(talk, as_number(request.GET.get("revision")) or 0, in_full=True)
    context = _context(request, bot, talk) | {
        "added": [shown for sequence, shown in changed if sequence > seen],
        "replaced": [shown for sequence, shown in changed if sequence <= seen],
    }
    return render(request, "conversations/_playground_updates.html", context)


def _show(
    request: TenantRequest, bot: Chatbot, version: str, *, error: str = "", status: int = 200
) -> HttpResponse:
    talk = playground.current(bot, request.user, version)
    context = _context(request, bot, talk, version) | {
        "thread": thread.load(talk, limit=EVERYTHING, in_full=True) if talk else None,
        "error": error,
        "draft": request.POST.get("text", "") if error else "",
    }
    name = "_playground" if request.htmx else "playground"
    return render(request, f"conversations/{name}.html", context, status=status)


def _context(
    request: TenantRequest, bot: Chatbot, talk: Conversation | None, version: str = ""
) -> dict[str, Any]:
    newest = _newest_answer(talk) if talk else None
    return {
        "nav_current": "bots",
        "crumbs": [
            {"text": _("Bots"), "href": reverse("chatbots:list")},
            {"text": bot.name, "href": reverse("chatbots:studio", args=(bot.public_id,))},
            {"text": _("Try it")},
        ],
        "chatbot": bot,
        "opened": talk,
        "version": version or (talk.channel_account if talk else playground.DRAFT),
        "right": True,
        "client_id": uuid4().hex,
        "is_pending": _is_pending(talk, newest),
        "reading": passages.reading_of(newest, request.customer) if newest else None,
    }


def _newest_answer(talk: Conversation) -> Message | None:
    return talk.messages.filter(author_kind=AuthorKind.BOT).order_by("-sequence").first()


def _is_pending(talk: Conversation | None, newest: Message | None) -> bool:
    """An answer runs or is due: the page goes on asking until it is there."""
    if talk is None:
        return False
    return talk.answer_due_at is not None or (newest is not None and newest.state == MessageState.RUNNING)


def _bot(request: TenantRequest, public_id: str) -> Chatbot:
    return get_or_404(Chatbot.objects.select_related("widget_settings"), request.customer, public_id)


def version_of(request: TenantRequest) -> str:
    asked = request.POST.get("version") or request.GET.get("version")
    return playground.LIVE if asked == playground.LIVE else playground.DRAFT
