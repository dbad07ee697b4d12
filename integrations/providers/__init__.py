"""Decides which provider answers: the customer's own, the platform's, the environment's, or the built-in one.

Called by the answer engine of conversations and by the API page's test button.
"""

from __future__ import annotations

from collections import OrderedDict
from decimal import Decimal
from time import monotonic

from django.conf import settings
from django.db.models import F, Q
from django.utils.module_loading import import_string

from accounts.models import Customer
from integrations.models import AIProviderConfig, ProviderState
from integrations.providers.base import Provider, ProviderSettings

CACHE_SECONDS = 5.0
CACHE_SIZE = 256
LOCAL = ProviderSettings(kind="local", name="local")

_chosen: dict[str, tuple[float, ProviderSettings]] = {}
_open: OrderedDict[ProviderSettings, Provider] = OrderedDict()


def settings_for(customer: Customer) -> ProviderSettings:
    """The first ready provider in the order own, platform, environment, built in; no query when warm."""
    deadline, chosen = _chosen.get(customer.public_id, (0.0, LOCAL))
    if deadline < monotonic():
        chosen = _choose(customer)
        if len(_chosen) >= CACHE_SIZE:
            _chosen.clear()
        _chosen[customer.public_id] = (monotonic() + CACHE_SECONDS, chosen)
    return chosen


def forget(customer: Customer | None = None) -> None:
    """Read the rows again at the next answer; without a customer, everybody's."""
    if customer is None:
        _chosen.clear()
    else:
        _chosen.pop(customer.public_id, None)


def get(chosen: ProviderSettings) -> Provider:
    """The open provider of these settings; the one unused for longest makes room."""
    provider = _open.get(chosen)
    if provider is None:
        provider_class: type[Provider] = import_string(settings.AI_PROVIDERS[chosen.kind])
        provider = _open[chosen] = provider_class(chosen)
        if len(_open) > CACHE_SIZE:
            _open.popitem(last=False)
    else:
        _open.move_to_end(chosen)
    return provider


async def close_all() -> None:
    """Close the running loop's connections: before a process, or a loop made for one answer, ends."""
    for provider in list(_open.values()):
        await provider.close()


def settings_of(row: AIProviderConfig) -> ProviderSettings:
    return ProviderSettings(
        kind=row.kind,
        name=row.name,
        base_url=row.base_url,
        api_key=row.api_key,
        chat_model=row.chat_model,
        input_price=row.input_price,
        output_price=row.output_price,
        currency=row.currency,
        is_own=row.customer_id is not None,
    )


def _choose(customer: Customer) -> ProviderSettings:
    rows = AIProviderConfig.objects.filter(
        Q(customer=customer) | Q(customer=None), state=ProviderState.READY, kind__in=settings.AI_PROVIDERS
    )
    row = rows.order_by(F("customer").asc(nulls_last=True), "priority", "id").first()
    return settings_of(row) if row else _from_environment()


def _from_environment() -> ProviderSettings:
    if not (settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL):
        return LOCAL
    return ProviderSettings(
        kind="openai",
        name="openai",
        base_url=settings.OPENAI_BASE_URL,
        api_key=settings.OPENAI_API_KEY,
        chat_model=settings.OPENAI_CHAT_MODEL,
        input_price=Decimal(settings.OPENAI_INPUT_PRICE),
        output_price=Decimal(settings.OPENAI_OUTPUT_PRICE),
        currency=settings.OPENAI_PRICE_CURRENCY,
    )
