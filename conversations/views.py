"""The inbox: list, thread and contact in three panes, each also a fragment; every change posts and redirects."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Action, allows
from accounts.tenancy import TenantRequest, get_or_404, member_view
from conversations import handover, inbox, listing, passages, thread
from conversations.exceptions import ConversationError
from conversations.forms import FilterForm, Queue, ReplyForm
from conversations.models import Conversation, ConversationStatus

FILTER_NAMES = tuple(FilterForm.base_fields)


@require_GET
@member_view(Action.VIEW_CONVERSATIONS)
def conversation_list(request: TenantRequest) -> HttpResponse:
    """The list alone; asked for `#threads` by htmx, only its rows."""
    context = list_context(request)
    if request.htmx.target == "threads":
        return render(
            request, "conversations/_rows.html", context | {"opened_id": request.GET.get("opened", "")}
        )
    return render(request, "conversations/inbox.html", context | {"pane": "list"})


@require_GET
@member_view(Action.VIEW_CONVERSATIONS)
def conversation_thread(request: TenantRequest, conversation: str) -> HttpResponse:
    """All three panes with one conversation open; opening it marks it as read."""
    opened = find(request, conversation)
    before = _number(request, "before")
    shown = thread.load(opened, before=before)
    if request.htmx.target == "earlier":
        return render(request, "conversations/_earlier.html", {"opened": opened, "thread": shown})
    _mark_read(request, opened)
    context = (
        list_context(request)
        | thread_context(request, opened)
        | {
            "pane": "thread",
            "opened_id": opened.public_id,
            "thread": shown,
            "contact": thread.contact_facts(opened, request.customer, shown.messages),
        }
    )
    return render(request, "conversations/inbox.html", context)


@require_GET
@member_view(Action.VIEW_CONVERSATIONS)
def conversation_messages(request: TenantRequest, conversation: str) -> HttpResponse:
    """What is new since the page's `revision`; 204 when nothing is."""
    opened = find(request, conversation)
    if opened.last_revision <= (_number(request, "revision") or 0) and not request.GET.get("state"):
        return HttpResponse(status=204)
    _mark_read(request, opened)
    return updates(request, opened)


@require_GET
@member_view(Action.VIEW_CONVERSATIONS)
def conversation_row(request: TenantRequest, conversation: str) -> HttpResponse:
    """One row of the list."""
    context = {"row": find(request, conversation), "filters": "", "opened_id": request.GET.get("opened", "")}
    return render(request, "conversations/_row.html", context)


@require_GET
@member_view(Action.VIEW_CONVERSATIONS)
def message_passages(request: TenantRequest, conversation: str, message: str) -> HttpResponse:
    """Why this answer: the passages that were read for it, as a drawer's body or a page."""
    opened = get_or_404(Conversation.objects.for_list(), request.customer, conversation)
    answer = get_or_404(opened.messages.all(), request.customer, message)
    context = {
        "opened": opened,
        "reading": passages.reading_of(answer, request.customer),
        "nav_current": "conversations",
    }
    name = "_passages" if request.htmx else "passages"
    return render(request, f"conversations/{name}.html", context)


@require_POST
@member_view(Action.ANSWER_CONVERSATIONS)
def reply(request: TenantRequest, conversation: str) -> HttpResponse:
    """Say something as a person; the bot is silent from then on."""
    opened = find(request, conversation)
    form = ReplyForm(request.POST)
    error = _reply_error(request, opened, form)
    if not error:
        return updates(request, opened) if request.htmx else _back_to(opened)
    if not request.htmx:
        messages.error(request, error)
        return _back_to(opened)
    context = thread_context(request, opened) | {"error": error, "draft": request.POST.get("text", "")}
    response = render(request, "conversations/_composer.html", context, status=422)
    response["HX-Retarget"], response["HX-Reswap"] = "#composer", "outerHTML"
    return response


def _reply_error(request: TenantRequest, opened: Conversation, form: ReplyForm) -> str:
    """Store the reply; what stands in its way, in words."""
    if opened.status == ConversationStatus.ARCHIVED:
        return _("This conversation is archived. Reopen it to answer.")
    if not form.is_valid():
        return (
            str(form.errors["text"][0]) if "text" in form.errors else _("That could not be sent. Try again.")
        )
    client_id = form.cleaned_data["client_id"] or None
    try:
        inbox.reply_as_person(opened, request.user, form.cleaned_data["text"], client_id=client_id)
    except ConversationError:
        return _("That could not be sent. Try again.")
    return ""


@require_POST
@member_view(Action.ANSWER_CONVERSATIONS)
def take_over(request: TenantRequest, conversation: str) -> HttpResponse:
    opened = find(request, conversation)
    handover.take_over(opened, request.user)
    return updates(request, opened) if request.htmx else _back_to(opened)


@require_POST
@member_view(Action.ANSWER_CONVERSATIONS)
def hand_back(request: TenantRequest, conversation: str) -> HttpResponse:
    opened = find(request, conversation)
    handover.hand_back(opened, request.user)
    return updates(request, opened) if request.htmx else _back_to(opened)


Move = Callable[[Conversation, Any], bool]


def _moving_view(move: Move, said: Callable[[], str], undo: str) -> Callable[..., HttpResponse]:
    """A view that moves a conversation to another status and offers to take that back."""

    @require_POST
    @member_view(Action.ANSWER_CONVERSATIONS)
    def view(request: TenantRequest, conversation: str) -> HttpResponse:
        opened = find(request, conversation)
        if move(opened, request.user):
            address = reverse(f"conversations:{undo}", args=(opened.public_id,))
            messages.success(request, said(), extra_tags=f"undo:{address}")
        return _back_to(opened)

    return view  # type: ignore[return-value]


close = _moving_view(
    handover.close, lambda: _("Closed.\nThe next message of the visitor opens it again."), "reopen"
)
archive = _moving_view(
    handover.archive,
    lambda: _("Archived.\nThe next message of the visitor begins a new conversation."),
    "reopen",
)
reopen = _moving_view(handover.reopen, lambda: _("Open again."), "close")


def find(request: TenantRequest, public_id: str) -> Conversation:
    return get_or_404(Conversation.objects.real().for_list(), request.customer, public_id)


def updates(request: TenantRequest, opened: Conversation) -> HttpResponse:
    """The fragment that brings an open thread up to date, wherever the change came from."""
    values = request.POST if request.method == "POST" else request.GET
    if request.method == "POST":
        opened = find(request, opened.public_id)
    changed = thread.changed_since(opened, as_number(values.get("revision")) or 0)
    seen = as_number(values.get("sequence")) or 0
    context = thread_context(request, opened) | {
        "added": [shown for sequence, shown in changed if sequence > seen],
        "replaced": [shown for sequence, shown in changed if sequence <= seen],
        "has_replied": request.method == "POST" and "text" in request.POST,
    }
    return render(request, "conversations/_updates.html", context)


def thread_context(request: TenantRequest, opened: Conversation) -> dict[str, Any]:
    return {
        "opened": opened,
        "contact_name": thread.contact_name(opened),
        "lease": thread.lease(opened, request.user),
        "can_answer": allows(request.membership.role, Action.ANSWER_CONVERSATIONS),
        "client_id": uuid4().hex,
    }


def list_context(request: TenantRequest) -> dict[str, Any]:
    """The list pane: tabs with counts, filters, one page of rows."""
    form = FilterForm(request.GET, customer=request.customer)
    chosen = form.chosen()
    page = listing.page(request.customer, request.user, chosen, request.GET.get("after", ""))
    kept = {name: request.GET[name] for name in FILTER_NAMES if name in chosen}
    return {
        "nav_current": "conversations",
        "crumbs": [{"text": _("Conversations")}],
        "page": page,
        "form": form,
        "queue": chosen.get("queue", Queue.OPEN),
        "tabs": _tabs(listing.counts(request.customer, request.user), chosen.get("queue", Queue.OPEN)),
        "filters": _query(kept),
        "filter_count": len(set(kept) - {"queue", "q"}),
        "filter_fields": [form[name] for name in FILTER_NAMES if name not in {"q", "queue"}],
        "is_filtered": bool(set(kept) - {"queue"}),
        "chosen_words": " · ".join(form.words()),
        "older": _query({**kept, "after": page.older}) if page.older else "",
    }


def _tabs(counts: listing.QueueCounts, current: str) -> list[dict[str, Any]]:
    numbers = {Queue.OPEN: counts.open, Queue.WAITING: counts.waiting, Queue.MINE: counts.mine}
    address = reverse("conversations:list")
    shown = [Queue.OPEN, Queue.WAITING, Queue.MINE, Queue.CLOSED]
    if current in {Queue.ARCHIVED, Queue.ALL}:
        shown.append(Queue(current))
    return [
        {
            "text": queue.label,
            "href": address if queue == Queue.OPEN else f"{address}?queue={queue.value}",
            "current": queue == current,
            "count": numbers.get(queue),
        }
        for queue in shown
    ]


def _query(values: dict[str, str]) -> str:
    return f"?{urlencode(values)}" if values else ""


def _mark_read(request: TenantRequest, opened: Conversation) -> None:
    """Seen by somebody who may answer; a viewer's look leaves it unread for the others."""
    if opened.unread_count and allows(request.membership.role, Action.ANSWER_CONVERSATIONS):
        inbox.mark_read(opened)


def _back_to(opened: Conversation) -> HttpResponse:
    return redirect("conversations:thread", conversation=opened.public_id)


def _number(request: HttpRequest, name: str) -> int | None:
    return as_number(request.GET.get(name))


def as_number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
