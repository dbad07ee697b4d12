"""Decides what a search over conversations finds: every word, in a message or in the contact's own data.

Called by conversations.listing; plain database comparison, wildcards are taken literally.
"""

from django.db.models import Exists, OuterRef, Q

from conversations.models import Message
from conversations.querysets import ConversationQuerySet

MAX_WORDS = 6
CONTACT_FIELDS = ("contact__name", "contact__email", "contact__phone")


def search(conversations: ConversationQuerySet, text: str) -> ConversationQuerySet:
    """The conversations that hold all words of `text`; an empty text finds everything."""
    for word in text.split()[:MAX_WORDS]:
        conversations = conversations.filter(_holds(word))
    return conversations


def _holds(word: str) -> Q:
    in_contact = Q()
    for field in CONTACT_FIELDS:
        in_contact |= Q(**{f"{field}__icontains": word})
    said = Message.objects.filter(conversation=OuterRef("pk"), content__icontains=word)
    return in_contact | Q(Exists(said))
