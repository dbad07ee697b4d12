"""The overview: is it going well, and what needs me? And the first steps, until the first visitor has written."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.permissions import Action, allows
from accounts.tenancy import TenantRequest, member_view
from chatbots.models import Chatbot
from conversations import first_run, overview, overview_kpis, plan_usage
from conversations.models import Channel
from conversations.overview import Figures, Period

RANGES = (7, 28, 90)
USUAL_RANGE = 28


@require_GET
@member_view(Action.VIEW_OVERVIEW)
def overview_page(request: TenantRequest) -> HttpResponse:
    bots = list(Chatbot.objects.for_customer(request.customer).order_by("name", "id"))
    recent = overview.recent(request.customer)
    if not recent:
        context = {"nav_current": "overview", **_steps_context(request, bots)}
        return render(request, "conversations/first_run.html", context)
    chatbot = next((bot for bot in bots if bot.public_id == request.GET.get("bot")), None)
    if chatbot:
        recent = overview.recent(request.customer, chatbot)
    context = {
        "nav_current": "overview",
        "bots": bots,
        "chatbot": chatbot,
        "recent": recent,
        "queue": overview.queue(request.customer),
        "health": _health(bots),
        "can_add_knowledge": allows(request.membership.role, Action.EDIT_KNOWLEDGE),
        "meters": plan_usage.meters(request.customer),
        **_period_context(request, chatbot),
    }
    return render(request, "conversations/overview.html", context)


@require_GET
@member_view(Action.VIEW_OVERVIEW)
def first_steps(request: TenantRequest) -> HttpResponse:
    """The first-run list alone: it asks again by itself until the first visit has come."""
    bots = list(Chatbot.objects.for_customer(request.customer).order_by("name", "id"))
    return render(request, "components/_checklist.html", _steps_context(request, bots))


@require_GET
@member_view(Action.VIEW_OVERVIEW)
def overview_now(request: TenantRequest) -> HttpResponse:
    """What changes from minute to minute: the queue line and the newest conversations."""
    context = {"queue": overview.queue(request.customer), "recent": overview.recent(request.customer)}
    return render(request, "conversations/_now.html", context)


def _steps_context(request: TenantRequest, bots: list[Chatbot]) -> dict[str, Any]:
    steps = first_run.steps(request.customer, request.user, bots)
    is_waiting = any(step.state == "waiting" for step in steps)
    return {
        "steps": steps,
        "done_count": sum(step.state == "done" for step in steps),
        "poll_url": reverse("first_steps") if is_waiting else "",
    }


def _period_context(request: TenantRequest, chatbot: Chatbot | None) -> dict[str, Any]:
    """All that depends on the chosen bot, period and figure."""
    period = Period(days=_days(request), today=timezone.now().date())
    metric = overview_kpis.BY_KEY.get(request.GET.get("metric", ""), overview_kpis.METRICS[0])
    figures = overview.figures(request.customer, chatbot, period)
    versions = overview.published(request.customer, chatbot, period)
    gaps = overview.gaps(request.customer, chatbot, period)
    behind = _behind(chatbot, period)
    return {
        "days": period.days,
        "ranges": [(number, _("Last %(days)d days") % {"days": number}) for number in RANGES],
        "metric": metric,
        "kpis": [
            {"figure": figure, "href": _address(request, metric=figure.key) + "#trend"}
            for figure in overview_kpis.key_figures(figures)
        ],
        "chart": overview_kpis.chart(metric, figures, period, versions),
        "behind_url": behind({"outcome": metric.outcome}),
        "gaps": gaps,
        "gaps_times": sum(gap.times for gap in gaps),
        "gaps_url": behind({"outcome": "refused"}),
        "channels": _channels(figures, behind),
        "conversation_count": sum(day.conversations for day in figures.now),
    }


def _days(request: TenantRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in {str(number) for number in RANGES} else USUAL_RANGE


def _address(request: TenantRequest, **changes: str) -> str:
    kept = {name: request.GET[name] for name in ("bot", "days", "metric") if request.GET.get(name)}
    return f"{reverse('overview')}?{urlencode({**kept, **changes})}"


def _behind(chatbot: Chatbot | None, period: Period) -> Any:
    """Makes the address of the conversations behind a number of this period."""
    shared = {"queue": "all", "since": period.first.isoformat(), "until": period.today.isoformat()}
    if chatbot:
        shared["bot"] = chatbot.public_id

    def address(more: dict[str, str]) -> str:
        chosen = {name: value for name, value in {**shared, **more}.items() if value}
        return f"{reverse('conversations:list')}?{urlencode(chosen)}"

    return address


def _channels(figures: Figures, behind: Any) -> list[dict[str, Any]]:
    return [
        {
            "channel": share.channel,
            "label": Channel(share.channel).label,
            "now": share.now,
            "change": overview_kpis.change_of_count(share.now, share.before),
            "href": behind({"channel": share.channel}),
        }
        for share in figures.channels
    ]


def _health(bots: list[Chatbot]) -> dict[str, str]:
    """The line in the top bar: how many bots answer, and when a page last asked for one."""
    active = [bot for bot in bots if bot.is_active]
    if not active:
        return {"tone": "warning", "text": _("No bot answers"), "small": _("All are paused.")}
    text = ngettext("%(number)d bot answers", "%(number)d bots answer", len(active)) % {"number": len(active)}
    seen = max((bot.last_seen_at for bot in active if bot.last_seen_at), default=None)
    if seen is None:
        return {"tone": "success", "text": text, "small": ""}
    return {"tone": "success", "text": text, "small": _seen(seen.date())}


def _seen(day: date) -> str:
    today = timezone.now().date()
    if day == today:
        return _("seen on a page today")
    return _("last seen on a page yesterday") if day == today - timedelta(days=1) else ""
