"""What a customer may use: default plan, subscription, overrides, and the window that units are counted in."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Customer
from billing import entitlements, plans, subscriptions
from billing.models import Interval, Plan, PlanPrice, PlanVersion, Subscription, SubscriptionStatus
from billing.periods import period_at

pytestmark = pytest.mark.django_db


def growth() -> PlanVersion:
    plans.ensure_default_plans()
    return PlanVersion.objects.select_related("plan").get(plan__code="growth")


def test_without_a_subscription_the_default_plan_counts(customer: Customer) -> None:
    rights = entitlements.for_customer(customer)
    assert (rights.plan_code, rights.plan_name) == ("free", "Free")
    assert dict(rights.limits) == {
        "chatbots": 2,
        "seats": 2,
        "knowledge_items": 200,
        "knowledge_bytes": 50 * 1024 * 1024,
        "messages": 500,
        "ai_requests": 500,
        "whatsapp_messages": 100,
    }
    assert rights.limit("MESSAGE") == rights.limit("messages") == 500


def test_default_plans_have_prices_and_are_made_once(customer: Customer) -> None:
    plans.ensure_default_plans()
    plans.ensure_default_plans()
    codes = [plan.code for plan in plans.public_plans()]
    assert codes == ["free", "starter", "growth"]
    assert set(PlanPrice.objects.values_list("interval", "currency")) == {
        (interval, currency) for interval in ("MONTH", "YEAR") for currency in ("EUR", "USD")
    }


def test_an_emptied_plan_table_is_filled_again(customer: Customer) -> None:
    Plan.objects.update(current_version=None)
    Plan.objects.all().delete()
    assert entitlements.for_customer(customer).plan_code == "free"


def test_warm_entitlements_cost_no_query(
    customer: Customer, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    entitlements.for_customer(customer)
    with django_assert_num_queries(0):  # type: ignore[operator]
        entitlements.for_customer(customer)
    entitlements.forget(customer)
    with django_assert_num_queries(3):  # type: ignore[operator]
        entitlements.for_customer(customer)


def test_a_subscription_grants_its_version_at_once(customer: Customer) -> None:
    entitlements.for_customer(customer)
    subscription = subscriptions.start(customer, growth())
    rights = entitlements.for_customer(customer)
    assert (rights.plan_code, rights.limit("chatbots")) == ("growth", 10)
    assert rights.period_start == subscription.current_period_start
    assert rights.period_end == subscription.current_period_end


def test_subscribers_keep_the_version_they_bought(customer: Customer) -> None:
    plan = growth().plan
    subscriptions.start(customer, growth())
    version = plans.new_version(plan, {"chatbots": 1}, {("MONTH", "EUR"): 9_900})
    entitlements.forget(customer)
    assert entitlements.for_customer(customer).limit("chatbots") == 10
    plan.refresh_from_db()
    assert (plan.current_version, version.number, version.messages) == (version, 2, 10_000)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (SubscriptionStatus.TRIALING, "growth"),
        (SubscriptionStatus.PAST_DUE, "growth"),
        (SubscriptionStatus.UNPAID, "free"),
        (SubscriptionStatus.CANCELED, "free"),
        (SubscriptionStatus.INCOMPLETE, "free"),
    ],
)
def test_status_decides_what_is_granted(customer: Customer, status: str, code: str) -> None:
    subscriptions.start(customer, growth())
    Subscription.objects.update(status=status)
    entitlements.forget(customer)
    assert entitlements.for_customer(customer).plan_code == code


def test_overrides_win_until_they_expire(customer: Customer) -> None:
    entitlements.set_override(customer, "seats", None, reason="Friends")
    assert entitlements.seat_limit(customer) is None
    entitlements.set_override(customer, "seats", 7, expires_at=timezone.now() - timedelta(minutes=1))
    assert entitlements.seat_limit(customer) == 2


def test_overrides_are_one_customers_own(customer: Customer, other_customer: Customer) -> None:
    entitlements.set_override(customer, "seats", 9)
    assert entitlements.seat_limit(other_customer) == 2


def test_a_year_is_counted_by_the_month(customer: Customer) -> None:
    subscription = subscriptions.start(customer, growth(), interval=Interval.YEAR)
    rights = entitlements.for_customer(customer)
    assert rights.period_start == subscription.anchor_at
    assert rights.period_end < subscription.current_period_end


def test_a_late_renewal_does_not_stop_the_clock(customer: Customer) -> None:
    subscription = subscriptions.start(customer, growth())
    past = timezone.now() - timedelta(days=100)
    Subscription.objects.filter(pk=subscription.pk).update(
        anchor_at=past, current_period_start=past, current_period_end=past + timedelta(days=30)
    )
    entitlements.forget(customer)
    rights = entitlements.for_customer(customer)
    assert rights.period_start <= timezone.now() < rights.period_end


@pytest.mark.parametrize(
    ("anchor", "moment", "start", "end"),
    [
        ("2026-01-31", "2026-02-28", "2026-02-28", "2026-03-31"),
        ("2026-01-31", "2026-02-27", "2026-01-31", "2026-02-28"),
        ("2024-02-29", "2025-02-28", "2025-02-28", "2025-03-29"),
        ("2024-01-31", "2024-02-29", "2024-02-29", "2024-03-31"),
        ("2026-05-15", "2026-12-20", "2026-12-15", "2027-01-15"),
        ("2026-05-15", "2026-05-01", "2026-04-15", "2026-05-15"),
    ],
)
def test_the_window_is_the_anniversarys_month(anchor: str, moment: str, start: str, end: str) -> None:
    def day(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    assert period_at(day(anchor), day(moment)) == (day(start), day(end))
