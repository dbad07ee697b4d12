"""Every address of the product, and what stands for each of their parameters.

A new route needs an entry here only where its parameter is new; a route that no table knows fails the build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.world import World


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str
    parameters: tuple[str, ...]
    view: Callable[..., Any]

    @property
    def required_action(self) -> str | None:
        return getattr(self.view, "required_action", None)

    @property
    def objects(self) -> tuple[str, ...]:
        """The parameters that name something of a customer."""
        return tuple(
            name for name in self.parameters if f"{self.name}:{name}" not in VALUES and name in OBJECTS
        )

    def address(self, worlds: dict[str, World]) -> str:
        """The address with each parameter taken from the world that `worlds` names for it."""
        values = {name: self._value(name, worlds) for name in self.parameters}
        return reverse(self.name, kwargs=values)

    def _value(self, name: str, worlds: dict[str, World]) -> str:
        own = VALUES.get(f"{self.name}:{name}", VALUES.get(name))
        return own if own is not None else OBJECTS[name](worlds[name])


# Parameters that name an object of a customer: from a world to the object's public id.
OBJECTS: dict[str, Callable[[World], str]] = {
    "bot": lambda world: world.chatbot.public_id,
    "chatbot": lambda world: world.chatbot.public_id,
    "conversation": lambda world: world.conversation.public_id,
    "customer": lambda world: world.customer.public_id,
    "endpoint": lambda world: world.endpoint.public_id,
    "invitation": lambda world: world.invitation.public_id,
    "invoice": lambda world: world.invoice.public_id,
    "item": lambda world: world.item.public_id,
    "key": lambda world: world.key.public_id,
    "member": lambda world: world.membership.public_id,
    "message": lambda world: world.message.public_id,
    "provider": lambda world: world.provider.public_id,
    "version": lambda world: world.version.public_id,
}

# Parameters that are the same for everybody ("name"), or on one route ("route:name").
VALUES: dict[str, str] = {
    "locale": "de",
    "slug": "faq",
    "source": "text",
    "token": "forged",
    "uidb36": "1",
    "account_confirm_email:key": "forged",
    "account_reset_password_from_key:key": "forged",
}

# Open to everybody, each for a reason; they may show nothing of a customer to somebody else.
PUBLIC: dict[str, str] = {
    "landing": "the product's own page",
    "pricing": "the product's own page",
    "docs": "the product's own page",
    "doc": "the product's own page",
    "styleguide": "tokens and components, in development",
    "brand_css": "the product's colours",
    "widget_loader": "the embed script",
    "healthz": "process health",
    "readyz": "readiness",
    "visit:session": "decided by the page's origin",
    "widget:launcher": "decided by the page's origin",
    "widget:avatar": "the picture that every visitor of the bot sees",
    "knowledge:signed_file": "the signed address is the right",
    "accounts:invitation": "the mailed token is the right",
}

# Of the signed-in person, not of a customer.
PERSONAL: dict[str, str] = {
    "accounts:welcome": "before there is a seat",
    "accounts:join": "decided by the person's proven address",
    "accounts:switch": "decided by the person's own seats",
}
PERSONAL_PREFIXES = ("account_", "mfa_", "usersessions_")
OPERATOR_PREFIX = "admin:"


def is_personal(route: Route) -> bool:
    return route.name in PERSONAL or route.name.startswith(PERSONAL_PREFIXES)


def is_operators(route: Route) -> bool:
    return route.name.startswith(OPERATOR_PREFIX)


def is_dashboard(route: Route) -> bool:
    return route.pattern.startswith("app/") and route.name not in PUBLIC and not is_personal(route)


@cache
def all_routes() -> tuple[Route, ...]:
    return tuple(_walk(get_resolver().url_patterns, "", ()))


def dashboard_routes() -> list[Route]:
    return [route for route in all_routes() if is_dashboard(route)]


def _walk(patterns: list[Any], prefix: str, namespaces: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        place = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern.url_patterns, place, inner)
        elif isinstance(pattern, URLPattern):
            name = ":".join((*namespaces, pattern.name or "unnamed"))
            yield Route(name, place, tuple(_parameters(pattern)), pattern.callback)


def _parameters(pattern: Any) -> list[str]:
    return list(pattern.pattern.regex.groupindex)
