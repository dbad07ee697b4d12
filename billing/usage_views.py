"""The usage page: what was used of each limit, day by day, by bot and channel, and all of it as a table."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import Action
from accounts.tenancy import TenantRequest, member_view
from billing import entitlements, overview
from usage import metering, reports


@member_view(Action.VIEW_USAGE)
@require_safe
def report(request: TenantRequest) -> HttpResponse:
    customer = request.customer
    rights = entitlements.for_customer(customer)
    used = metering.used(customer.pk, rights.period_start)
    context = {
        "nav_current": "usage",
        "rights": rights,
        "meters": overview.unit_meters(rights, used),
        "runs_out_on": overview.runs_out_on(rights, used),
        "chart": overview.answers_chart(customer, rights),
        "shares": reports.shares(customer, rights.period_start),
    }
    return render(request, "usage/report.html", context)


@member_view(Action.VIEW_USAGE)
@require_safe
def download(request: TenantRequest) -> StreamingHttpResponse:
    rights = entitlements.for_customer(request.customer)
    lines = reports.csv_lines(request.customer, rights.period_start)
    name = f"usage-{rights.period_start:%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
