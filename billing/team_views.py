"""The team page: members, open invitations, and the seats of the plan."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import invitations, members
from accounts.models import Invitation, Membership
from accounts.permissions import Action, allows
from accounts.team_forms import InviteForm, RoleForm, role_choices
from accounts.tenancy import TenantRequest, get_or_404, member_view
from billing import entitlements


@member_view(Action.VIEW_TEAM)
def team(request: TenantRequest) -> HttpResponse:
    return _page(request, InviteForm(actor=request.membership))


@member_view(Action.MANAGE_TEAM)
@require_POST
def invite(request: TenantRequest) -> HttpResponse:
    form = InviteForm(request.POST, actor=request.membership)
    if not form.is_valid():
        return _page(request, form)
    try:
        _invite(request, form.cleaned_data["email"], form.cleaned_data["role"])
    except invitations.AlreadyMemberError:
        form.add_error("email", _("This person is a member already."))
    except invitations.TooManyInvitationsError:
        form.add_error(None, _("Too many invitations today. Try again tomorrow."))
    except invitations.SeatsTakenError:
        form.add_error(None, _("Every seat of your plan is taken. Remove a member or choose a larger plan."))
    return _page(request, form) if form.errors else redirect("team:list")


@member_view(Action.MANAGE_TEAM)
@require_POST
def resend(request: TenantRequest, invitation: str) -> HttpResponse:
    """A new link for seven more days; the earlier one ends."""
    offer = get_or_404(Invitation.objects.exclude(open_key=None), request.customer, invitation)
    try:
        _invite(request, offer.email, offer.role)
    except invitations.TooManyInvitationsError:
        messages.error(request, _("Too many invitations today. Try again tomorrow."))
    except (invitations.AlreadyMemberError, invitations.SeatsTakenError):
        messages.error(request, _("There is no free seat for this invitation any more."))
    except members.OwnersOnlyError:
        messages.error(request, _("Only an owner can invite an owner."))
    return redirect("team:list")


@member_view(Action.MANAGE_TEAM)
@require_POST
def revoke(request: TenantRequest, invitation: str) -> HttpResponse:
    offer = get_or_404(Invitation.objects.all(), request.customer, invitation)
    if invitations.revoke(offer, actor=request.user):
        messages.success(request, _("Invitation of %(email)s withdrawn.") % {"email": offer.email})
    return redirect("team:list")


@member_view(Action.MANAGE_TEAM)
@require_POST
def change_role(request: TenantRequest, member: str) -> HttpResponse:
    membership = _member(request, member)
    form = RoleForm(request.POST, actor=request.membership)
    if not form.is_valid():
        messages.error(request, _("You cannot give this role."))
        return redirect("team:list")
    try:
        changed = members.change_role(membership, form.cleaned_data["role"], actor=request.membership)
    except (members.LastOwnerError, members.OwnersOnlyError) as error:
        messages.error(request, _refusal(error))
    else:
        said = {"name": str(membership.user), "role": changed.get_role_display()}
        messages.success(request, _("%(name)s is now %(role)s.") % said)
    return redirect("team:list")


@member_view(Action.MANAGE_TEAM)
@require_POST
def remove(request: TenantRequest, member: str) -> HttpResponse:
    return _remove(request, _member(request, member))


@member_view(Action.VIEW_TEAM)
@require_POST
def leave(request: TenantRequest) -> HttpResponse:
    """Give up one's own seat, which every role may."""
    return _remove(request, request.membership)


def _remove(request: TenantRequest, membership: Membership) -> HttpResponse:
    try:
        members.remove(membership, actor=request.membership)
    except (members.LastOwnerError, members.OwnersOnlyError) as error:
        messages.error(request, _refusal(error))
        return redirect("team:list")
    messages.success(request, _("%(name)s is no longer a member.") % {"name": str(membership.user)})
    return redirect("overview" if membership.user_id == request.user.pk else "team:list")


def _member(request: TenantRequest, public_id: str) -> Membership:
    return get_or_404(Membership.objects.select_related("user", "customer"), request.customer, public_id)


def _invite(request: TenantRequest, email: str, role: str) -> None:
    offer, token = invitations.invite(request.customer, email, role, actor=request.membership)
    if invitations.send(offer, token):
        messages.success(request, _("Invitation sent to %(email)s.") % {"email": offer.email})
    else:
        messages.error(
            request,
            _("The mail to %(email)s was not accepted. Send it again later.") % {"email": offer.email},
        )


def _refusal(error: Exception) -> str:
    if isinstance(error, members.LastOwnerError):
        return _("A workspace keeps at least one owner. Make somebody else an owner first.")
    return _("Only an owner can make, change or remove an owner.")


def _page(request: TenantRequest, form: InviteForm) -> HttpResponse:
    customer = request.customer
    found = Membership.objects.for_customer(customer).select_related("user").order_by("created_at", "id")
    rows, offers = list(found), list(invitations.waiting(customer))
    limit, now = entitlements.seat_limit(customer), timezone.now()
    taken = len(rows) + sum(offer.expires_at > now for offer in offers)
    context = {
        "nav_current": "team",
        "members": rows,
        "offers": offers,
        "now": now,
        "form": form,
        "roles": role_choices(request.membership),
        "manages": allows(request.membership.role, Action.MANAGE_TEAM),
        "seat_limit": limit,
        "seats_taken": taken,
        "is_full": limit is not None and taken >= limit,
    }
    return render(request, "billing/team.html", context)
