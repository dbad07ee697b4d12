"""Decides who writes to the demo's bots: names, addresses and numbers that belong to nobody.

Called by config.demo.history. Telephone numbers come from the ranges reserved for drama.
"""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime
from random import Random

from accounts.models import Customer
from conversations.models import Channel, Contact, ContactIdentity, IdentityKind

COUNTRIES = {
    "en": ("NL", "GB", "IE", "BE"),
    "de": ("DE", "DE", "AT", "CH"),
    "es": ("ES",),
    "ar": ("BE", "DE", "FR"),
    "zh": ("NL", "DE"),
    "fr": ("FR", "BE"),
    "pt": ("PT",),
}
NAMED_SHARE = 0.55
MAIL_SHARE = 0.6


class Cast:
    """Makes contacts and their identities, unsaved."""

    def __init__(self, customer: Customer, random: Random) -> None:
        self.customer = customer
        self.random = random
        self.identities: list[ContactIdentity] = []
        self.mobile_numbers = random.sample(range(900), 900)

    def contact(self, language: str, names: list[str], channel: str, first_seen: datetime) -> Contact:
        contact = Contact(
            customer=self.customer,
            locale=language,
            country=self.random.choice(COUNTRIES[language]),
            created_at=first_seen,
            last_seen_at=first_seen,
        )
        if channel == Channel.WIDGET:
            self._browser(contact, names)
        else:
            self._telephone(contact, names)
        return contact

    def _browser(self, contact: Contact, names: list[str]) -> None:
        self._identify(contact, IdentityKind.VISITOR, secrets.token_hex(32))
        if self.random.random() < NAMED_SHARE:
            contact.name = self._name(contact.locale, names)
            if self.random.random() < MAIL_SHARE:
                contact.email = self._address(contact.name)

    def _telephone(self, contact: Contact, names: list[str]) -> None:
        contact.name = self._name(contact.locale, names)
        contact.phone = f"+447700900{self.mobile_numbers.pop():03d}"
        self._identify(contact, IdentityKind.WA_ID, contact.phone.removeprefix("+"))

    def _identify(self, contact: Contact, kind: IdentityKind, value: str) -> None:
        self.identities.append(
            ContactIdentity(customer=self.customer, contact=contact, kind=kind, value=value)
        )

    def _name(self, language: str, names: list[str]) -> str:
        first, last = self.random.choice(names), self.random.choice(names)
        if language == "zh":
            return first[0] + last[1:]
        return f"{first.split()[0]} {last.split(' ', 1)[1]}"

    def _address(self, name: str) -> str:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().split()
        local = ".".join(plain) or f"visitor{self.random.randrange(1000, 10_000)}"
        return f"{local}@example.{self.random.choice(('com', 'org', 'net'))}"
