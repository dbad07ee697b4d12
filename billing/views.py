"""The plan page: what the customer has, how far it reaches, what else is on sale, and the bills."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.permissions import Action
from accounts.tenancy import TenantRequest, member_view
from billing import entitlements, overview, plans
from billing.holdings import held_by
from billing.models import Invoice, Subscription
from billing.money import money
from usage import metering

NEWEST_INVOICES = 24


@member_view(Action.VIEW_BILLING)
def plan(request: TenantRequest) -> HttpResponse:
    customer = request.customer
    rights = entitlements.for_customer(customer)
    used = metering.used(customer.pk, rights.period_start)
    subscription = entitlements.granting_subscription(customer)
    on_sale = list(plans.public_plans())
    context = {
        "nav_current": "billing",
        "rights": rights,
        "subscription": subscription,
        "price_text": _price(subscription, customer.currency),
        "answers": overview.unit_meters(rights, used)[0],
        "meters": overview.unit_meters(rights, used)[1:] + overview.held_meters(rights, held_by(customer)),
        "runs_out_on": overview.runs_out_on(rights, used),
        "chart": overview.answers_chart(customer, rights),
        "offers": overview.offers(on_sale, customer, rights),
        "invoices": _invoices(request),
    }
    return render(request, "billing/plan.html", context)


def _price(subscription: Subscription | None, currency: str) -> str:
    if subscription is None:
        return money(0, currency)
    return overview.price_text(subscription.plan_version, subscription.interval, currency)


def _invoices(request: TenantRequest) -> list[dict[str, object]]:
    found = (
        Invoice.objects.for_customer(request.customer).filter(number__isnull=False).prefetch_related("lines")
    )
    return [
        {
            "invoice": invoice,
            "total": money(invoice.total_minor, invoice.currency),
            "what": ", ".join(line.description for line in invoice.lines.all()),
        }
        for invoice in found[:NEWEST_INVOICES]
    ]
