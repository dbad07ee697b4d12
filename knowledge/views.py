"""The pages of knowledge: the list with what is under way, adding, one item, and a question to try."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Action, allows
from accounts.tenancy import TenantRequest, get_or_404, member_view
from billing.entitlements import for_customer as entitlements_of
from chatbots.models import Chatbot
from knowledge import adding, editing, ingestion, listing, retrieval
from knowledge.forms import ACCEPTED_FILES
from knowledge.models import ItemKind, KnowledgeBase, KnowledgeItem
from knowledge.ranking import MIN_SUPPORT

CRUMB_CHARACTERS = 28


@member_view(Action.VIEW_KNOWLEDGE)
@require_GET
def item_list(request: TenantRequest) -> HttpResponse:
    source = adding.SOURCES.get(request.GET.get("add", ""), adding.SOURCES[adding.DEFAULT])
    initial = {"questions": request.GET.get("question", "")[:300]}
    return _list_page(request, source, source.form(customer=request.customer, initial=initial))


@member_view(Action.EDIT_KNOWLEDGE)
@require_POST
def add(request: TenantRequest, source: str) -> HttpResponse:
    if source not in adding.SOURCES:
        raise Http404
    chosen = adding.SOURCES[source]
    form = chosen.form(request.POST, request.FILES, customer=request.customer)
    added = adding.add(chosen, form) if form.is_valid() else []
    if not added:
        return _list_page(request, chosen, form)
    text = ngettext(
        "Added. It is being read now.", "%(count)d items added. They are being read now.", len(added)
    )
    messages.success(request, text % {"count": len(added)})
    for refusal in form.non_field_errors():
        messages.error(request, str(refusal))
    return redirect("knowledge:list")


@member_view(Action.VIEW_KNOWLEDGE)
@require_GET
def row(request: TenantRequest, item: str) -> HttpResponse:
    """One row of the list; while its item is worked on it asks again by itself."""
    found = _item(request, item)
    return render(request, "knowledge/_row.html", {"row": listing.row_of(found), "edits": _edits(request)})


@member_view(Action.VIEW_KNOWLEDGE)
@require_GET
def detail(request: TenantRequest, item: str) -> HttpResponse:
    found = _item(request, item)
    chunks = found.chunks.order_by("position")[: listing.PAGE_SIZE]
    context = {
        "nav_current": "knowledge",
        "crumbs": [
            {"text": _("Knowledge"), "href": reverse("knowledge:list")},
            {"text": _short(found.title)},
        ],
        "item": found,
        "row": listing.row_of(found),
        "passages": listing.passages_of(found, chunks),
        "bots": list(found.knowledge_base.chatbots.values_list("name", flat=True)),
        "is_written_here": found.kind in ingestion.WRITTEN_HERE,
        "edits": _edits(request),
    }
    template = "knowledge/_detail.html" if request.htmx else "knowledge/detail.html"
    return render(request, template, context)


@member_view(Action.EDIT_KNOWLEDGE)
def edit(request: TenantRequest, item: str) -> HttpResponse:
    found = _item(request, item)
    form = editing.form_for(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and editing.save(found, form):
        messages.success(request, _("Saved. Answers use it from now on."))
        return redirect("knowledge:detail", found.public_id)
    crumbs = [
        {"text": _("Knowledge"), "href": reverse("knowledge:list")},
        {"text": _short(found.title), "href": reverse("knowledge:detail", args=(found.public_id,))},
        {"text": _("Edit")},
    ]
    context = {
        "nav_current": "knowledge",
        "crumbs": crumbs,
        "item": found,
        "form": form,
        "is_written_here": found.kind in ingestion.WRITTEN_HERE,
    }
    return render(request, "knowledge/edit.html", context)


@member_view(Action.EDIT_KNOWLEDGE)
@require_POST
def delete(request: TenantRequest, item: str) -> HttpResponse:
    found = _item(request, item)
    ingestion.delete_item(found)
    undo = reverse("knowledge:restore", args=(found.public_id,))
    text = _("Deleted.\nNo answer uses it any more. It can be restored for 30 days.")
    messages.success(request, text, extra_tags=f"undo:{undo}")
    return redirect("knowledge:list")


@member_view(Action.EDIT_KNOWLEDGE)
@require_POST
def restore(request: TenantRequest, item: str) -> HttpResponse:
    found = get_or_404(KnowledgeItem.objects.all(), request.customer, item)
    refusal = editing.restore(found)
    if refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Restored."))
    return redirect("knowledge:list")


@member_view(Action.EDIT_KNOWLEDGE)
@require_POST
def retry(request: TenantRequest, item: str) -> HttpResponse:
    """Read a failed item, or a web page, once more."""
    found = _item(request, item)
    again = ingestion.read_again if found.kind == ItemKind.WEB_PAGE else ingestion.retry
    if again(found):
        messages.success(request, _("It is being read again."))
    return redirect("knowledge:detail", found.public_id)


@member_view(Action.VIEW_KNOWLEDGE)
@require_GET
def try_question(request: TenantRequest) -> HttpResponse:
    """The passages that a question would be answered from, with their scores."""
    question = request.GET.get("q", "").strip()
    bases = KnowledgeBase.objects.for_customer(request.customer)
    bots = list(Chatbot.objects.for_customer(request.customer).order_by("name", "pk"))
    bot = next((each for each in bots if each.public_id == request.GET.get("bot")), None)
    if bot is not None:
        bases = bases.filter(chatbots=bot)
    found = retrieval.search_bases(bases, question) if question else None
    context = {
        "nav_current": "knowledge",
        "crumbs": [
            {"text": _("Knowledge"), "href": reverse("knowledge:list")},
            {"text": _("Try a question")},
        ],
        "question": question,
        "bots": bots,
        "bot": bot,
        "found": found,
        "passages": listing.scored(found),
        "thresholds": [MIN_SUPPORT],
        "answer_url": _address(listing.Filters(), add="answer", question=question) + "#add",
    }
    return render(request, "knowledge/try.html", context)


def _item(request: TenantRequest, public_id: str) -> KnowledgeItem:
    items = KnowledgeItem.objects.live().select_related("knowledge_base")
    found: KnowledgeItem = get_or_404(items, request.customer, public_id)
    return found


def _short(title: str) -> str:
    return Truncator(title).chars(CRUMB_CHARACTERS)


def _edits(request: TenantRequest) -> bool:
    return allows(request.membership.role, Action.EDIT_KNOWLEDGE)


def _list_page(request: TenantRequest, source: adding.SourceKind, form: Any) -> HttpResponse:
    filters = listing.Filters.from_query(request.GET)
    query = request.GET
    page = listing.page_of(
        request.customer, filters, before=query.get("before", ""), after=query.get("after", "")
    )
    entitlements = entitlements_of(request.customer)
    context = {
        "nav_current": "knowledge",
        "filters": filters,
        "page": page,
        "tabs": _tabs(filters, listing.counts(request.customer, filters)),
        "newer": _address(filters, after=page.newer) if page.newer else "",
        "older": _address(filters, before=page.older) if page.older else "",
        "kinds": [(kind.value, kind.label) for kind in ItemKind if kind != ItemKind.SITEMAP],
        "bots": list(Chatbot.objects.for_customer(request.customer).order_by("name", "pk")),
        "totals": listing.totals(request.customer),
        "room": ingestion.room_taken(request.customer),
        "items_limit": entitlements.limit("knowledge_items"),
        "bytes_limit": entitlements.limit("knowledge_bytes"),
        "sources": [(each, _address(filters, add=each.name) + "#add") for each in adding.SOURCES.values()],
        "source": source,
        "accept": ACCEPTED_FILES,
        "form": form,
        "edits": _edits(request),
    }
    return render(request, "knowledge/list.html", context)


def _tabs(filters: listing.Filters, counts: dict[str, int]) -> list[dict[str, Any]]:
    names = {"": _("All"), "ready": _("Ready"), "running": _("In progress"), "failed": _("Failed")}
    return [
        {
            "text": text,
            "href": _address(filters, state=state),
            "current": state == filters.state,
            "count": counts[state],
        }
        for state, text in names.items()
    ]


def _address(filters: listing.Filters, **changes: str) -> str:
    parts = {"state": filters.state, "kind": filters.kind, "q": filters.words, "bot": filters.bot, **changes}
    query = urlencode({name: value for name, value in parts.items() if value})
    return reverse("knowledge:list") + (f"?{query}" if query else "")
