"""Decides whom a member talks to in the playground: privately, with a bot's draft or its live version.

Called by the studio's playground views. Such conversations are marked as previews: no list, figure or
counter knows them.
"""

from django.db import IntegrityError, transaction

from accounts.models import User
from chatbots.models import Chatbot
from conversations import inbox, limits, tasks
from conversations.inbox import InboundMessage, Received
from conversations.models import Contact, ContactIdentity, Conversation, ConversationStatus, IdentityKind

DRAFT, LIVE = "draft", "live"


def current(chatbot: Chatbot, user: User, version: str) -> Conversation | None:
    """The member's running talk with this version of the bot."""
    talks = Conversation.objects.for_customer(chatbot.customer).for_list()
    return talks.filter(
        is_preview=True,
        open_key__isnull=False,
        chatbot=chatbot,
        channel_account=version,
        contact__identities__value=_identity(user),
    ).first()


def ask(chatbot: Chatbot, user: User, text: str, *, version: str, client_id: str | None) -> Received:
    """Store the question and wake the engine; the answer is followed like any other.

    RateLimitedError after too many of one member a minute, or of one customer a day.
    """
    limits.check_playground_rate(chatbot.customer_id, user.public_id)
    received = inbox.receive_message(
        InboundMessage(
            chatbot=chatbot,
            contact=contact_of(chatbot, user),
            text=text,
            channel_account=version,
            client_id=client_id,
            locale=user.locale,
            is_preview=True,
        )
    )
    if received.is_for_the_bot:
        tasks.answer_conversation.wake(received.conversation.pk)
    return received


def start_again(chatbot: Chatbot, user: User, version: str) -> None:
    """Put the talk away; the next question begins a new one."""
    talk = current(chatbot, user, version)
    if talk is not None:
        Conversation.objects.filter(pk=talk.pk).update(
            status=ConversationStatus.ARCHIVED, open_key=None, answer_due_at=None
        )


def contact_of(chatbot: Chatbot, user: User) -> Contact:
    """The contact that stands for this member at this customer, made on first need."""
    identities = ContactIdentity.objects.for_customer(chatbot.customer).select_related("contact")
    found = identities.filter(kind=IdentityKind.VISITOR, value=_identity(user)).first()
    if found is not None:
        return found.contact
    try:
        with transaction.atomic():
            name = str(user)[: Contact._meta.get_field("name").max_length]
            contact = Contact.objects.create(customer=chatbot.customer, name=name, locale=user.locale)
            ContactIdentity.objects.create(
                customer=chatbot.customer, contact=contact, kind=IdentityKind.VISITOR, value=_identity(user)
            )
    except IntegrityError:  # another tab of the same member was quicker
        return identities.get(kind=IdentityKind.VISITOR, value=_identity(user)).contact
    return contact


def _identity(user: User) -> str:
    return f"playground:{user.public_id}"
