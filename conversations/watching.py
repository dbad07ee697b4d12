"""Whether a member may (still) watch their customer's conversations live; asked by the dashboard socket."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import constant_time_compare

from accounts import tenancy
from accounts.models import Membership, User
from accounts.permissions import Action, allows
from conversations import live
from conversations.models import Conversation


@dataclass(frozen=True, slots=True)
class Watcher:
    """A session that was let in: whose it is and for which customer."""

    session_key: str
    session_store: type[SessionBase]
    membership_id: int
    customer_id: int


def watcher_of(session: Any) -> Watcher | None:
    """The watcher behind a session, or None: signed out, no member, no right, suspended."""
    user = _user_of(session)
    membership = tenancy.membership_of(user, session.get(tenancy.SESSION_KEY)) if user else None
    if membership is None or not _may_look(membership):
        return None
    return Watcher(
        session_key=session.session_key,
        session_store=type(getattr(session, "_wrapped", session)),
        membership_id=membership.pk,
        customer_id=membership.customer_id,
    )


def _user_of(session: Any) -> User | None:
    """The signed-in user, if the session still fits their password."""
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = User.objects.filter(pk=session.get(SESSION_KEY), is_active=True).first()
    fits = user and constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    return user if fits else None


def _may_look(membership: Membership) -> bool:
    return not membership.customer.is_suspended and allows(membership.role, Action.VIEW_CONVERSATIONS)


def still_valid(watcher: Watcher) -> bool:
    """Read all of it again: the session, the user, the membership, the customer."""
    session = watcher.session_store(watcher.session_key)
    again = watcher_of(session)
    return again is not None and again.membership_id == watcher.membership_id


def may_watch(watcher: Watcher, public_id: str) -> bool:
    """Is this conversation the watcher's customer's? Marks it as watched when it is."""
    found = Conversation.objects.filter(customer_id=watcher.customer_id, public_id=public_id).exists()
    if found:
        live.mark_watched(public_id)
    return found
