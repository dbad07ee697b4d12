"""The query vocabulary of tenancy: every query from a request starts at `for_customer()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from accounts.models import Customer

ModelType_co = TypeVar("ModelType_co", bound=models.Model, covariant=True)


class TenantQuerySet(models.QuerySet[ModelType_co]):
    """Rows of a model that belongs to a customer, directly or along its `TENANT_PATH`."""

    def for_customer(self, customer: Customer) -> Self:
        path: str = getattr(self.model, "TENANT_PATH", "customer")
        return self.filter(**{path: customer})
