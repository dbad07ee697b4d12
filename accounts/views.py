"""The pages of a person and of a workspace: settings, activity, the switcher and the welcome."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import history, preferences, signup, workspace
from accounts.forms import CustomerForm, ProfileForm, WorkspaceForm
from accounts.invitations import offered_to
from accounts.models import Customer
from accounts.permissions import Action, allows
from accounts.tenancy import SESSION_KEY, TenantRequest, member_view

OPEN_TO_EVERY_MEMBER = Action.VIEW_OVERVIEW


@member_view(OPEN_TO_EVERY_MEMBER)
def settings(request: TenantRequest) -> HttpResponse:
    form = ProfileForm(
        request.POST or None, instance=request.user, initial={"theme": preferences.theme_of(request)}
    )
    if request.method != "POST" or not form.is_valid():
        return _settings_page(request, profile_form=form)
    user = form.save()
    messages.success(request, _("Saved."))
    response = redirect("accounts:settings")
    preferences.remember_language(response, user.locale)
    preferences.remember_theme(response, form.cleaned_data["theme"])
    return response


@member_view(Action.MANAGE_SETTINGS)
@require_POST
def workspace_settings(request: TenantRequest) -> HttpResponse:
    form = CustomerForm(request.POST, instance=Customer.objects.get(pk=request.customer.pk))
    if not form.is_valid():
        return _settings_page(request, customer_form=form)
    workspace.change_settings(request.customer, form.cleaned_data, request.user)
    messages.success(request, _("Saved."))
    return redirect("accounts:settings")


def _settings_page(request: TenantRequest, **bound: BaseForm) -> HttpResponse:
    theme = {"theme": preferences.theme_of(request)}
    context: dict[str, Any] = {
        "nav_current": "settings",
        "profile_form": ProfileForm(instance=request.user, initial=theme),
        "manages": allows(request.membership.role, Action.MANAGE_SETTINGS),
    }
    if context["manages"]:
        context["customer_form"] = CustomerForm(instance=request.customer)
    return render(request, "accounts/settings.html", context | bound)


@member_view(Action.MANAGE_SETTINGS)
def audit(request: TenantRequest) -> HttpResponse:
    page = history.page(request.customer, request.GET.get("before", ""))
    template = "accounts/_audit_rows.html" if request.htmx else "accounts/audit.html"
    return render(request, template, {"nav_current": "settings", "page": page})


@login_required
def welcome(request: HttpRequest) -> HttpResponse:
    """The first page of a person without a seat: they found a workspace, or take the seat they were offered."""
    user: Any = request.user
    form = WorkspaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and not signup.may_found(user):
        form.add_error(None, _("You cannot make another workspace. Ask the operator of this installation."))
    elif request.method == "POST" and form.is_valid():
        customer = signup.create_customer(user, form.cleaned_data["name"])
        request.session[SESSION_KEY] = customer.public_id
        return redirect("overview")
    return render(request, "accounts/welcome.html", {"form": form, "offers": offered_to(user)})


@login_required
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    customer = get_object_or_404(Customer, memberships__user=user, public_id=request.POST.get("customer", ""))
    request.session[SESSION_KEY] = customer.public_id
    return redirect("overview")
