"""The tables as they were agreed: values, keys, cascades and indexes, on whichever database the suite runs."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models.deletion import ProtectedError

from tests.config.rows import concrete_fields, make_row, our_models, sample

pytestmark = pytest.mark.django_db

TEXTS = {"name": "Größe 🚲 – مرحبا", "list": [1, 2.5, None, True, ""], "deep": {"'": '"', "\\": {"z": []}}}


def label(subject: Any) -> str:
    if isinstance(subject, models.Field):
        return f"{subject.model._meta.label}.{subject.name}"
    return str(getattr(subject, "_meta", subject))


def rules() -> list[tuple[type[models.Model], tuple[str, ...]]]:
    """Every uniqueness of our tables: of one column, and of several."""
    columns = [(field.model, (field.name,)) for field in concrete_fields(models.Field) if field.unique]
    together = [
        (model, tuple(constraint.fields))
        for model in our_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
    ]
    return [(model, names) for model, names in columns + together if names != (model._meta.pk.name,)]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "field", [field for field in concrete_fields(models.CharField) if field.choices], ids=label
)
def test_stores_every_choice_exactly(field: Any) -> None:
    for value in (value for value, _ in field.flatchoices):
        row = make_row(field.model, **{field.name: value})
        assert type(row)._base_manager.values_list(field.name, flat=True).get(pk=row.pk) == value


@pytest.mark.parametrize("field", concrete_fields(models.JSONField), ids=label)
def test_json_comes_back_as_it_went(field: Any) -> None:
    for value in (TEXTS, [], {}, [TEXTS, TEXTS]):
        row = make_row(field.model, **{field.name: value})
        assert type(row)._base_manager.values_list(field.name, flat=True).get(pk=row.pk) == value


@pytest.mark.parametrize(("model", "names"), rules(), ids=label)
def test_refuses_a_second_row_with_the_same_key(model: type[models.Model], names: tuple[str, ...]) -> None:
    key = {name: sample(model._meta.get_field(name)) for name in names}
    make_row(model, **key)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_row(model, **key)
    assert model._base_manager.filter(**key).count() == 1


@pytest.mark.parametrize(
    ("model", "names"),
    [rule for rule in rules() if any(rule[0]._meta.get_field(name).null for name in rule[1])],  # type: ignore[union-attr]
    ids=label,
)
def test_an_empty_key_may_stand_in_many_rows(model: type[models.Model], names: tuple[str, ...]) -> None:
    key = {name: sample(field) for name in names if not (field := model._meta.get_field(name)).null}  # type: ignore[union-attr]
    empty = {name: None for name in names if name not in key}
    rows = [make_row(model, **key, **empty) for _ in range(2)]
    assert model._base_manager.filter(pk__in=[row.pk for row in rows], **key, **empty).count() == 2


@pytest.mark.parametrize("field", concrete_fields(models.ForeignKey), ids=label)
def test_deleting_a_parent_does_what_the_relation_says(field: Any) -> None:
    child = make_row(field.model, **{field.name: make_row(field.related_model)})
    rows, parent = field.model._base_manager.filter(pk=child.pk), getattr(child, field.name)
    if field.remote_field.on_delete is models.PROTECT:
        with pytest.raises(ProtectedError):
            parent.delete()
        assert rows.exists()
    else:
        parent.delete()
        left = list(rows.values_list(field.attname, flat=True))
        assert left == ([None] if field.remote_field.on_delete is models.SET_NULL else [])


@pytest.mark.parametrize("field", concrete_fields(models.ForeignKey), ids=label)
def test_the_database_refuses_a_parent_that_is_not_there(field: Any) -> None:
    child = make_row(field.model, **{field.name: make_row(field.related_model)})
    with pytest.raises(IntegrityError):
        _orphan(child, field)


@transaction.atomic
def _orphan(child: models.Model, field: Any) -> None:
    type(child)._base_manager.filter(pk=child.pk).update(**{field.attname: 2**40})
    connection.check_constraints()  # SQLite looks at the end of the transaction only


@pytest.mark.parametrize("model", our_models(), ids=label)
def test_every_declared_index_and_constraint_is_in_the_database(model: type[models.Model]) -> None:
    declared = {rule.name for rule in [*model._meta.indexes, *model._meta.constraints]}
    with connection.cursor() as cursor:
        present = set(connection.introspection.get_constraints(cursor, model._meta.db_table))
    assert declared <= present


def test_financial_history_cannot_be_deleted_away() -> None:
    protected = {label(field) for field in concrete_fields(models.ForeignKey) if _protects(field)}
    assert protected == {
        "billing.Invoice.customer",
        "billing.Invoice.exchange_rate",
        "billing.Invoice.subscription",
        "billing.InvoiceLine.billing_event",
        "billing.PaymentTransaction.customer",
        "billing.PaymentTransaction.invoice",
        "billing.Plan.current_version",
        "billing.Subscription.customer",
        "billing.Subscription.plan_version",
        "billing.Subscription.scheduled_plan_version",
        "billing.SubscriptionHistory.from_plan_version",
        "billing.SubscriptionHistory.subscription",
        "billing.SubscriptionHistory.to_plan_version",
        "usage.BillingEvent.customer",
    }


def _protects(field: Any) -> bool:
    return field.remote_field.on_delete is models.PROTECT


@pytest.mark.parametrize("name", ["customer", "message", "chatbot"])
def test_the_usage_ledger_outlives_what_caused_it(name: str) -> None:
    field = next(
        field for field in concrete_fields(models.ForeignKey) if label(field) == f"usage.UsageLog.{name}"
    )
    assert field.remote_field.on_delete is models.SET_NULL  # type: ignore[union-attr]


@pytest.mark.parametrize("model", our_models(), ids=label)
def test_a_tenants_table_is_reached_through_its_customer(model: type[models.Model]) -> None:
    names = {field.name for field in model._meta.get_fields()}
    if model._meta.label_lower != "billing.paymentwebhooklog" and (
        "customer" in names or hasattr(model, "TENANT_PATH")
    ):
        assert callable(getattr(model._default_manager, "for_customer", None)), model


@pytest.mark.parametrize("model", our_models(), ids=label)
def test_what_leaves_the_house_has_a_random_prefixed_name(model: type[models.Model]) -> None:
    if "public_id" not in {field.name for field in model._meta.get_fields()}:
        return
    first, second = make_row(model), make_row(model)
    assert first.public_id != second.public_id
    assert first.public_id.partition("_")[0] == second.public_id.partition("_")[0]
    assert len(first.public_id.partition("_")[2]) == 24
