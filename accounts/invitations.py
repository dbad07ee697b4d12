"""Decides how a seat is offered and taken: a mailed token, kept as a hash, open for seven days.

Called by the team page, the acceptance page and the welcome page.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from accounts import audit
from accounts.members import OwnersOnlyError, lock_customer
from accounts.models import Customer, Invitation, MemberRole, Membership, User

VALID_DAYS = 7
DAILY = 50
DAILY_PER_ADDRESS = 5
logger = logging.getLogger("accounts")


class InvitationClosedError(Exception):
    """Accepted, revoked, expired or never made: the person is told to ask for a new one."""


class WrongAddressError(Exception):
    """The invitation names another e-mail address than the signed-in person's."""


class TooManyInvitationsError(Exception):
    """A day's invitations of this customer, or to this address, are used up."""


class AlreadyMemberError(Exception):
    """The address belongs to somebody who has a seat already."""


class SeatsTakenError(Exception):
    """The plan has no seat left."""


def invite(customer: Customer, email: str, role: str, *, actor: Membership) -> tuple[Invitation, str]:
    """Offer a seat; an earlier open offer to the same address is replaced. Returns the row and its token."""
    if role == MemberRole.OWNER and actor.role != MemberRole.OWNER:
        raise OwnersOnlyError
    token, address = secrets.token_urlsafe(32), email.strip().lower()
    with transaction.atomic():
        lock_customer(customer)
        if Membership.objects.for_customer(customer).filter(user__email=address).exists():
            raise AlreadyMemberError
        _check_frequency(customer, address)
        key = f"{customer.pk}:{address}"
        Invitation.objects.filter(open_key=key).update(open_key=None, revoked_at=timezone.now())
        _check_seats(customer, seats_taken(customer) + seats_offered(customer))
        invitation = Invitation.objects.create(
            customer=customer,
            email=address,
            role=role,
            token_hash=_hash(token),
            open_key=key,
            invited_by=actor.user,
            expires_at=timezone.now() + timedelta(days=VALID_DAYS),
        )
        _record("member.invited", invitation, actor.user, {"email": address, "role": role})
    return invitation, token


def _check_frequency(customer: Customer, address: str) -> None:
    """Invitations are mail to strangers: so many a day from one customer, and to one address."""
    today = Invitation.objects.for_customer(customer).filter(
        created_at__gt=timezone.now() - timedelta(days=1)
    )
    if today.count() >= DAILY or today.filter(email=address).count() >= DAILY_PER_ADDRESS:
        raise TooManyInvitationsError


def send(invitation: Invitation, token: str) -> bool:
    """Mail the link, outside any transaction; False where the mail server does not take it."""
    address = settings.SITE_URL.rstrip("/") + reverse("accounts:invitation", args=[token])
    context = {"invitation": invitation, "address": address, "product_name": settings.PRODUCT_NAME}
    with translation.override(invitation.customer.locale):
        subject = render_to_string("accounts/email/invitation_subject.txt", context).strip()
        mail = EmailMultiAlternatives(
            " ".join(subject.split()),
            render_to_string("accounts/email/invitation.txt", context),
            to=[invitation.email],
        )
        mail.attach_alternative(render_to_string("accounts/email/invitation.html", context), "text/html")
    try:
        return bool(mail.send())
    except OSError as error:
        logger.warning(
            "invitation_not_mailed", extra={"invitation": invitation.public_id, "error": type(error).__name__}
        )
        return False


def revoke(invitation: Invitation, *, actor: User) -> bool:
    """Close an open offer; False where it was closed already."""
    with transaction.atomic():
        closed = Invitation.objects.filter(pk=invitation.pk, open_key__isnull=False).update(
            open_key=None, revoked_at=timezone.now()
        )
        if closed:
            _record("invitation.revoked", invitation, actor, {"email": invitation.email})
    return bool(closed)


def find(token: str) -> Invitation:
    """The open invitation of this token; InvitationClosedError for any other."""
    invitation = (
        open_invitations().filter(token_hash=_hash(token)).select_related("customer", "invited_by").first()
    )
    if invitation is None or invitation.customer.is_suspended:
        raise InvitationClosedError
    return invitation


def accept(invitation: Invitation, user: User) -> Membership:
    """Take the seat, once; a person who has one already keeps it as it is."""
    if invitation.email != user.email:
        raise WrongAddressError
    customer = invitation.customer
    with transaction.atomic():
        lock_customer(customer)
        if not open_invitations().filter(pk=invitation.pk).update(accepted_at=timezone.now(), open_key=None):
            raise InvitationClosedError
        membership = Membership.objects.for_customer(customer).filter(user=user).first()
        if membership is None:
            _check_seats(customer, seats_taken(customer))
            membership = Membership.objects.create(customer=customer, user=user, role=invitation.role)
            _record("member.joined", invitation, user, {"email": user.email, "role": invitation.role})
    return membership


def open_invitations() -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        open_key__isnull=False, accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    )


def offered_to(user: User) -> QuerySet[Invitation]:
    """Open invitations to the person's address, once they have proved that it is theirs."""
    proved = EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()
    found = open_invitations().filter(customer__suspended_at=None).select_related("customer", "invited_by")
    return found.filter(email=user.email) if proved else found.none()


def waiting(customer: Customer) -> QuerySet[Invitation]:
    """The offers nobody has taken or withdrawn, expired ones too, so that they can be sent again."""
    return (
        Invitation.objects.for_customer(customer).filter(open_key__isnull=False).select_related("invited_by")
    )


def seats_taken(customer: Customer) -> int:
    return Membership.objects.for_customer(customer).count()


def seats_offered(customer: Customer) -> int:
    return open_invitations().filter(customer=customer).count()


def _check_seats(customer: Customer, taken: int) -> None:
    limit: int | None = import_string(settings.SEAT_LIMIT)(customer)
    if limit is not None and taken >= limit:
        raise SeatsTakenError


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _record(action: str, invitation: Invitation, actor: User, after: dict[str, str]) -> None:
    audit.record(
        action,
        customer=invitation.customer,
        actor=actor,
        object_id=invitation.public_id,
        after=after,
    )
