"""The API page: keys of programs, and providers of answers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Action
from accounts.tenancy import TenantRequest, get_or_404, member_view
from integrations import keys
from integrations.forms import KeyForm, ProviderForm, scope_summary
from integrations.models import AIProviderConfig, APIKey
from integrations.providers import checking, configs


@member_view(Action.MANAGE_KEYS)
@require_safe
def api(request: TenantRequest) -> HttpResponse:
    return _page(request, KeyForm())


@member_view(Action.MANAGE_KEYS)
@require_POST
@never_cache
def create_key(request: TenantRequest) -> HttpResponse:
    """Answers with the page itself: the secret is in this one response and nowhere else."""
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    _key, secret = keys.create_key(
        request.customer,
        form.cleaned_data["name"],
        created_by=request.user,
        scopes=form.cleaned_data["scopes"],
        expires_at=form.expires_at(),
    )
    return _page(request, KeyForm(), secret=secret)


@member_view(Action.MANAGE_KEYS)
@require_POST
def revoke_key(request: TenantRequest, key: str) -> HttpResponse:
    found = get_or_404(APIKey.objects.select_related("customer"), request.customer, key)
    if keys.revoke(found, actor=request.user):
        messages.success(request, _("%(name)s can no longer be used.") % {"name": found.name})
    return redirect("integrations:api")


@member_view(Action.MANAGE_KEYS)
def provider(request: TenantRequest, provider: str = "") -> HttpResponse:
    """Add a provider, or change one."""
    row = _provider(request, provider) if provider else None
    form = ProviderForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        saved = configs.save(request.customer, form.values(), actor=request.user, row=row)
        messages.success(
            request, _("%(name)s saved. Test it before your visitors do.") % {"name": saved.name}
        )
        return redirect("integrations:api")
    return render(request, "integrations/provider.html", {"nav_current": "api", "form": form, "row": row})


@member_view(Action.MANAGE_KEYS)
@require_POST
def delete_provider(request: TenantRequest, provider: str) -> HttpResponse:
    row = _provider(request, provider)
    configs.delete(row, actor=request.user)
    messages.success(request, _("%(name)s deleted.") % {"name": row.name})
    return redirect("integrations:api")


@member_view(Action.MANAGE_KEYS)
@require_POST
def test_provider(request: TenantRequest, provider: str) -> HttpResponse:
    row = _provider(request, provider)
    result = checking.check(row)
    if request.htmx:
        return render(request, "integrations/_check.html", {"result": result, "row": row})
    told = messages.success if result.is_ready else messages.error
    told(request, f"{row.name}: {result.sentence}")
    return redirect("integrations:api")


def _provider(request: TenantRequest, public_id: str) -> AIProviderConfig:
    return get_or_404(AIProviderConfig.objects.select_related("customer"), request.customer, public_id)


def _page(request: TenantRequest, form: KeyForm, secret: str = "") -> HttpResponse:
    context = {
        "nav_current": "api",
        "rows": [{"key": key, "may": scope_summary(key.scopes)} for key in keys.for_page(request.customer)],
        "providers": AIProviderConfig.objects.for_customer(request.customer),
        "form": form,
        "secret": secret,
        "now": timezone.now(),
    }
    return render(request, "integrations/api.html", context)
