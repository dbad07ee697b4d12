"""Tries a provider with one short question and says in plain words what came of it.

Called by the test button of the API page.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from asgiref.sync import async_to_sync
from django.conf import settings as project
from django.utils.translation import gettext as _

from integrations import providers
from integrations.models import AIProviderConfig, ProviderState
from integrations.providers.base import ChatMessage, ChatRequest, ProviderError, ProviderSettings

QUESTION = ChatMessage("user", "Reply with the word ready.")
MAX_TOKENS = 16


@dataclass(frozen=True, slots=True)
class Check:
    is_ready: bool
    sentence: str


def check(row: AIProviderConfig) -> Check:
    """Ask once; a refusal switches the provider to failing, an answer switches it to ready."""
    started = monotonic()
    try:
        async_to_sync(_ask)(providers.settings_of(row))
    except ProviderError as error:
        if error.code == "rejected":
            _remember(row, ProviderState.FAILING, str(error))
        return Check(False, explain(error))
    _remember(row, ProviderState.READY, "")
    seconds = f"{monotonic() - started:.1f}"
    return Check(True, _("It answered in %(seconds)s seconds.") % {"seconds": seconds})


def explain(error: ProviderError) -> str:
    """What went wrong and what to do, without the provider's own words."""
    status = str(error).removeprefix("HTTP ")
    if status in {"401", "403"}:
        return _("It refuses the key. Paste the key again, or make a new one there.")
    if status in {"400", "404", "422"}:
        return _("It answers, but does not know this address or model. Check both.")
    if str(error) in {"address_not_public", "port_not_allowed"}:
        return _(
            "This address is inside a private network or on an unusual port. "
            "Whoever runs this server can allow it."
        )
    return _SENTENCES[error.code]()


async def _ask(chosen: ProviderSettings) -> None:
    request = ChatRequest((QUESTION,), chosen.chat_model, temperature=0, max_output_tokens=MAX_TOKENS)
    provider = providers.get(chosen)
    try:
        async for _delta in provider.stream_chat(request):
            pass
    finally:
        await provider.close()


def _remember(row: AIProviderConfig, state: ProviderState, reason: str) -> None:
    changed = AIProviderConfig.objects.filter(pk=row.pk).exclude(state=ProviderState.DISABLED)
    if changed.update(state=state, state_reason=reason[:200]):
        providers.forget(row.customer)


_SENTENCES = {
    "timeout": lambda: (
        _("It did not answer within %(seconds)s seconds. Is the address right, and the server awake?")
        % {"seconds": f"{project.FIRST_TOKEN_TIMEOUT_SECONDS:g}"}
    ),
    "unavailable": lambda: _(
        "It cannot be reached, or it is out of order. Check the address, try again later."
    ),
    "rate_limited": lambda: _("The key works, but its limit is reached. Raise it there, or wait."),
    "rejected": lambda: _("It refuses the request. Check the address, the model and the key."),
    "cut": lambda: _("It began to answer and stopped in the middle. Try again."),
    "garbage": lambda: _(
        "Something answers there, but not like an OpenAI-compatible server. Check the address."
    ),
}
