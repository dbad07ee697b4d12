"""Taking an offered seat: by the mailed link, or from the welcome page."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from accounts import invitations
from accounts.models import Invitation
from accounts.signup import INVITATION_KEY
from accounts.tenancy import SESSION_KEY


@never_cache
@sensitive_variables("token")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the offer; a signed-in person takes it by a press, others sign in or up first."""
    try:
        offer = invitations.find(token)
    except invitations.InvitationClosedError:
        request.session.pop(INVITATION_KEY, None)
        return render(request, "accounts/invitation_closed.html", status=410)
    if not request.user.is_authenticated:
        # The link came by mail to this address, so an account made for it needs no second proof.
        request.session[INVITATION_KEY] = offer.public_id
        get_adapter(request).stash_verified_email(request, offer.email)
        return _page(request, offer)
    return _take(request, offer) if request.method == "POST" else _page(request, offer)


@login_required
@require_POST
def join(request: HttpRequest, invitation: str) -> HttpResponse:
    """Take an offer to the signed-in person's own, proven address."""
    return _take(request, get_object_or_404(invitations.offered_to(_user(request)), public_id=invitation))


def _take(request: HttpRequest, offer: Invitation) -> HttpResponse:
    try:
        invitations.accept(offer, _user(request))
    except invitations.WrongAddressError:
        return _page(request, offer)
    except invitations.InvitationClosedError:
        return render(request, "accounts/invitation_closed.html", status=410)
    except invitations.SeatsTakenError:
        return _page(request, offer, is_full=True)
    request.session.pop(INVITATION_KEY, None)
    request.session[SESSION_KEY] = offer.customer.public_id
    messages.success(request, _("Welcome to %(customer)s.") % {"customer": offer.customer.name})
    return redirect("overview")


def _page(request: HttpRequest, offer: Invitation, *, is_full: bool = False) -> HttpResponse:
    user = _user(request)
    is_other = user.is_authenticated and user.email != offer.email
    context = {"invitation": offer, "is_other": is_other, "is_full": is_full, "here": request.path}
    return render(request, "accounts/invitation.html", context, status=409 if is_full else 200)


def _user(request: HttpRequest) -> Any:
    return request.user
