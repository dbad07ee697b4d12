"""One saved row of any model: required fields get a value of their own, required relations a row of their own."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

OUR_APPS = (
    "accounts",
    "usage",
    "integrations",
    "billing",
    "chatbots",
    "knowledge",
    "conversations",
    "whatsapp",
)
numbers = count(1)


def our_models() -> list[type[models.Model]]:
    return [model for label in OUR_APPS for model in apps.get_app_config(label).get_models()]


def concrete_fields(*kinds: type[models.Field]) -> list[models.Field]:
    """Every column of these kinds in our own tables."""
    return [
        field
        for model in our_models()
        for field in model._meta.concrete_fields
        if isinstance(field, kinds) and field.model is model
    ]


def make_row(model: type[models.Model], /, **values: Any) -> Any:
    needed = [
        field for field in model._meta.concrete_fields if field.name not in values and _is_needed(field)
    ]
    row = model(**values, **{field.name: sample(field) for field in needed})
    row.save(force_insert=True)
    return row


def _is_needed(field: Any) -> bool:
    optional = field.null or field.has_default() or field.blank or getattr(field, "auto_now_add", False)
    return not (field.primary_key or optional)


def sample(field: Any) -> Any:
    """A value that fits the field and no earlier row has (where the field has room for that)."""
    number = next(numbers)
    if field.is_relation:
        return make_row(field.related_model)
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    if isinstance(field, models.DateField):
        return datetime.now(UTC).date()
    return _plain(field, number)


def _plain(field: Any, number: int) -> Any:
    if isinstance(field, models.EmailField):
        return f"row{number}@example.com"
    if isinstance(field, models.URLField):
        return f"https://example.com/{number}"
    if isinstance(field, models.BinaryField):
        return b"\x00\xff"
    if isinstance(field, models.JSONField):
        return {"number": number}
    if isinstance(field, models.CharField | models.TextField):
        return f"{number}-{field.name}"[: field.max_length]
    return Decimal(1) if isinstance(field, models.DecimalField) else number
