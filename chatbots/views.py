"""The studio: the list of bots, the draft of what answers, publishing and versions."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from accounts.permissions import Action, allows
from accounts.tenancy import TenantRequest, get_or_404, member_view
from billing.exceptions import QuotaExceeded
from chatbots import publishing, studio
from chatbots.forms import BehaviourForm, ChatbotForm, DeleteForm, PublishForm
from chatbots.models import Chatbot, ChatbotVersion


@member_view(Action.VIEW_BOTS)
def chatbot_list(request: TenantRequest) -> HttpResponse:
    return _list_page(request, ChatbotForm())


@member_view(Action.EDIT_BOTS)
@require_http_methods(["GET", "POST"])
def create(request: TenantRequest) -> HttpResponse:
    """Make a bot; whoever only opens the address finds the form on the list."""
    if request.method == "GET":
        return redirect("chatbots:list")
    form = ChatbotForm(request.POST)
    if not form.is_valid():
        return _list_page(request, form)
    try:
        chatbot = publishing.create_chatbot(request.customer, form.cleaned_data["name"], actor=request.user)
    except QuotaExceeded as refusal:
        form.add_error(None, refusal.sentence)
        return _list_page(request, form)
    messages.success(request, _("%(name)s is made. Give it knowledge, then try it.") % {"name": chatbot.name})
    return redirect("chatbots:studio", chatbot.public_id)


def _list_page(request: TenantRequest, form: ChatbotForm) -> HttpResponse:
    context = {
        "nav_current": "bots",
        "chatbots": list(studio.bots_of(request.customer)),
        "form": form,
        "edits": allows(request.membership.role, Action.EDIT_BOTS),
    }
    return render(request, "chatbots/list.html", context)


@member_view(Action.VIEW_BOTS)
def behaviour(request: TenantRequest, bot: str) -> HttpResponse:
    chatbot = studio.find(request, bot)
    return _behaviour_page(request, chatbot, BehaviourForm(chatbot=chatbot))


@member_view(Action.EDIT_BOTS)
@require_POST
def save_draft(request: TenantRequest, bot: str) -> HttpResponse:
    """Save the draft; htmx gets the changed parts of the frame back, a plain post the page."""
    chatbot = studio.find(request, bot)
    form = BehaviourForm(request.POST, chatbot=chatbot)
    if not form.is_valid():
        return _behaviour_page(request, chatbot, form)
    publishing.edit(chatbot, form.values(), request.user)
    if request.htmx:
        return _saved(request, chatbot)
    messages.success(request, _("Draft saved. Visitors see it once you publish."))
    return redirect("chatbots:studio", chatbot.public_id)


def _saved(request: TenantRequest, chatbot: Chatbot) -> HttpResponse:
    """The parts of the frame that a saved draft changes; the whole form where it showed errors."""
    context = studio.frame(request, chatbot, "studio") | {"form": BehaviourForm(chatbot=chatbot)}
    response = render(request, "chatbots/_saved.html", context | {"is_saved": True})
    return (
        retarget(reswap(response, "outerHTML"), "#behaviour") if "was_invalid" in request.POST else response
    )


def _behaviour_page(request: TenantRequest, chatbot: Chatbot, form: BehaviourForm) -> HttpResponse:
    context = studio.frame(request, chatbot, "studio") | {"form": form}
    if request.htmx and form.errors:
        response = render(request, "chatbots/_behaviour_form.html", context, status=422)
        return retarget(reswap(response, "outerHTML"), "#behaviour")
    return render(request, "chatbots/behaviour.html", context)


@member_view(Action.EDIT_BOTS)
@require_POST
def discard_draft(request: TenantRequest, bot: str) -> HttpResponse:
    chatbot = studio.find(request, bot)
    publishing.discard_draft(chatbot, request.user)
    messages.success(request, _("The draft is as the live version again."))
    return redirect("chatbots:studio", chatbot.public_id)


@member_view(Action.PUBLISH_BOTS)
@require_POST
def publish(request: TenantRequest, bot: str) -> HttpResponse:
    chatbot = studio.find(request, bot)
    form = PublishForm(request.POST)
    if form.is_valid():
        _publish(request, chatbot, form.cleaned_data["note"])
    else:
        messages.error(request, _("The note is too long. Nothing was published."))
    return redirect("chatbots:studio", chatbot.public_id)


def _publish(request: TenantRequest, chatbot: Chatbot, note: str) -> None:
    try:
        version = publishing.publish(chatbot, request.user, note)
    except publishing.NothingToPublishError:
        messages.info(request, _("The draft is live already."))
    else:
        messages.success(request, _("Version %(number)s is live.") % {"number": version.number})


@member_view(Action.VIEW_BOTS)
def versions(request: TenantRequest, bot: str) -> HttpResponse:
    chatbot = studio.find(request, bot)
    rows = chatbot.versions.select_related("published_by").order_by("-number")
    context = studio.frame(request, chatbot, "versions") | {"versions": rows}
    return render(request, "chatbots/versions.html", context)


@member_view(Action.PUBLISH_BOTS)
@require_POST
def publish_again(request: TenantRequest, bot: str, version: str) -> HttpResponse:
    """Make an older version live; Undo puts back the one that was."""
    chatbot = studio.find(request, bot)
    chosen = get_or_404(ChatbotVersion.objects.filter(chatbot=chatbot), request.customer, version)
    before = chatbot.live_version
    try:
        publishing.publish_again(chosen, request.user)
    except publishing.NothingToPublishError:
        messages.info(request, _("This version is live already."))
    else:
        undo = reverse("chatbots:publish_again", args=[bot, before.public_id]) if before else ""
        said = _("Version %(number)s is live.") % {"number": chosen.number}
        messages.success(request, said, extra_tags=f"undo:{undo}" if undo else "")
    return redirect("chatbots:versions", chatbot.public_id)


@member_view(Action.EDIT_BOTS)
@require_POST
def pause(request: TenantRequest, bot: str) -> HttpResponse:
    chatbot = studio.find(request, bot)
    publishing.pause(chatbot, request.user)
    undo = reverse("chatbots:resume", args=[chatbot.public_id])
    said = _("%(name)s is paused.\nIts widget disappears from your pages.") % {"name": chatbot.name}
    messages.success(request, said, extra_tags=f"undo:{undo}")
    return redirect("chatbots:studio", chatbot.public_id)


@member_view(Action.EDIT_BOTS)
@require_POST
def resume(request: TenantRequest, bot: str) -> HttpResponse:
    chatbot = studio.find(request, bot)
    publishing.resume(chatbot, request.user)
    messages.success(request, _("%(name)s answers again.") % {"name": chatbot.name})
    return redirect("chatbots:studio", chatbot.public_id)


@member_view(Action.EDIT_BOTS)
@require_POST
def delete(request: TenantRequest, bot: str) -> HttpResponse:
    chatbot = studio.find(request, bot)
    form = DeleteForm(request.POST, chatbot=chatbot)
    if not form.is_valid():
        messages.error(request, _("That is not its name. Nothing was deleted."))
        return redirect("chatbots:versions", chatbot.public_id)
    publishing.delete_chatbot(chatbot, request.user)
    messages.success(request, _("%(name)s is deleted.") % {"name": form.cleaned_data["name"]})
    return redirect("chatbots:list")
