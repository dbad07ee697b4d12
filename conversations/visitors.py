"""Who an anonymous visitor is: a random key kept by the browser, a short token bound to bot and origin.

The session endpoint gives tokens, the widget socket reads them; a contact is made with the first message only.
"""

import hashlib
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone

from chatbots.models import Chatbot
from conversations.exceptions import VisitorRefusedError
from conversations.models import Contact, ContactIdentity, IdentityKind

SALT = "conversations.visitor"
KEY_PREFIX = "vk_"
PAGE_CHARACTERS = 1_000
KEY_LENGTH = 43  # 256 bits in URL-safe base 64


@dataclass(frozen=True, slots=True)
class Visitor:
    """A visitor of one bot on one origin; `identity` is the hash under which the contact is known."""

    bot: str
    origin: str
    identity: str
    locale: str = ""
    page_url: str = ""


def new_visitor_key() -> str:
    return KEY_PREFIX + secrets.token_urlsafe(32)


def is_visitor_key(value: object) -> bool:
    return (
        isinstance(value, str) and value.startswith(KEY_PREFIX) and len(value) == len(KEY_PREFIX) + KEY_LENGTH
    )


def identity_of(visitor_key: str) -> str:
    return hashlib.sha256(visitor_key.encode()).hexdigest()


def issue_token(
    chatbot: Chatbot, origin: str, visitor_key: str, *, locale: str = "", page_url: str = ""
) -> str:
    """A token for settings.WIDGET_TOKEN_SECONDS; it holds the key's hash, never the key.

    A page's address is kept only where it lies on the origin that asks.
    """
    content = {
        "b": chatbot.public_id,
        "o": origin,
        "v": identity_of(visitor_key),
        "l": locale[:16],
        "p": page_url[:PAGE_CHARACTERS] if page_url.startswith(f"{origin}/") else "",
    }
    return signing.dumps(content, salt=SALT)


def read_token(token: object, chatbot: Chatbot, origin: str) -> Visitor:
    """The visitor that a token names; VisitorRefusedError when it is forged, old, or made for elsewhere."""
    if not isinstance(token, str):
        raise VisitorRefusedError
    try:
        content = signing.loads(token, salt=SALT, max_age=settings.WIDGET_TOKEN_SECONDS)
    except signing.BadSignature as error:
        raise VisitorRefusedError from error
    if (content["b"], content["o"]) != (chatbot.public_id, origin):
        raise VisitorRefusedError
    return Visitor(
        bot=content["b"],
        origin=content["o"],
        identity=content["v"],
        locale=content["l"],
        page_url=content["p"],
    )


def find_contact(chatbot: Chatbot, visitor: Visitor) -> Contact | None:
    found = (
        ContactIdentity.objects.filter(
            customer_id=chatbot.customer_id, kind=IdentityKind.VISITOR, value=visitor.identity
        )
        .select_related("contact")
        .first()
    )
    return found.contact if found else None


def contact_for(chatbot: Chatbot, visitor: Visitor) -> Contact:
    """The visitor's contact, made on first need; two sockets at once make one."""
    return find_contact(chatbot, visitor) or _make_contact(chatbot, visitor)


def _make_contact(chatbot: Chatbot, visitor: Visitor) -> Contact:
    try:
        with transaction.atomic():
            contact = Contact.objects.create(
                customer_id=chatbot.customer_id, locale=visitor.locale, last_seen_at=timezone.now()
            )
            ContactIdentity.objects.create(
                customer_id=chatbot.customer_id,
                contact=contact,
                kind=IdentityKind.VISITOR,
                value=visitor.identity,
            )
    except IntegrityError:
        contact_of_the_other = find_contact(chatbot, visitor)
        if contact_of_the_other is None:
            raise
        return contact_of_the_other
    return contact
