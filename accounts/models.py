"""Who uses the product: users, the customers they work for, and what they did.

Read by every app above; writes go through signup, invitations, members and audit.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import LowercaseEmailField, PublicIdField
from accounts.querysets import TenantQuerySet


class Timestamped(models.Model):
    """When a row was made and last changed, in UTC."""

    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        abstract = True


class Role(models.TextChoices):
    USER = "USER", _("User")
    ADMIN = "ADMIN", _("Operator")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, **{**fields, "role": Role.ADMIN, "is_superuser": True})


class User(AbstractBaseUser, PermissionsMixin, Timestamped):
    """A person who signs in by e-mail; `role` ADMIN is an operator of the installation."""

    public_id = PublicIdField(prefix="user")
    email = LowercaseEmailField(_("e-mail"), unique=True, max_length=254)
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=8, choices=Role.choices, default=Role.USER)
    locale = models.CharField(_("language"), max_length=16, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    is_active = models.BooleanField(_("active"), default=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        return self.role == Role.ADMIN

    def get_full_name(self) -> str:
        return self.name or self.email


class Customer(Timestamped):
    """The tenant: a business with its bots, members and plan."""

    public_id = PublicIdField(prefix="cus")
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    locale = models.CharField(_("language"), max_length=16, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    billing_email = LowercaseEmailField(_("billing e-mail"), blank=True)
    tax_id = models.CharField(_("tax id"), max_length=40, null=True, blank=True)  # noqa: DJ001 (optional unique-like texts are NULL)
    suspended_at = models.DateTimeField(_("suspended"), null=True, blank=True)
    suspended_reason = models.CharField(_("reason of suspension"), max_length=200, blank=True)
    retention_days = models.PositiveIntegerField(_("days conversations are kept"), null=True, blank=True)
    is_demo = models.BooleanField(_("demo data"), default=False)
    users = models.ManyToManyField(User, through="Membership", related_name="customers")

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def email(self) -> str:
        """The address dj-stripe gives to the gateway's customer."""
        return self.billing_email

    @property
    def is_suspended(self) -> bool:
        return self.suspended_at is not None


class MemberRole(models.TextChoices):
    OWNER = "OWNER", _("Owner")
    ADMIN = "ADMIN", _("Administrator")
    AGENT = "AGENT", _("Agent")
    VIEWER = "VIEWER", _("Viewer")


class Membership(Timestamped):
    """One user's place at one customer."""

    public_id = PublicIdField(prefix="mem")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=8, choices=MemberRole.choices, default=MemberRole.AGENT)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = (
            models.UniqueConstraint(fields=("user", "customer"), name="one_membership_a_customer"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.customer}"


class Invitation(Timestamped):
    """An offer of a seat by mail; the token is kept as a hash only."""

    public_id = PublicIdField(prefix="inv")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="invitations")
    email = LowercaseEmailField(_("e-mail"), max_length=254)
    role = models.CharField(_("role"), max_length=8, choices=MemberRole.choices, default=MemberRole.AGENT)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    # "customer:email" while the invitation is open, NULL once it was accepted or revoked.
    open_key = models.CharField(max_length=300, unique=True, null=True, editable=False)  # noqa: DJ001 (unique while open)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.email} · {self.customer}"


class AuditEntry(models.Model):
    """Append-only: who did what to which object, in the transaction that did it."""

    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="audit_entries")
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    acting_for = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    action = models.CharField(_("action"), max_length=64)
    object_id = models.CharField(_("object"), max_length=40, blank=True)
    before = models.JSONField(_("before"), default=dict, blank=True)
    after = models.JSONField(_("after"), default=dict, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    created_at = models.DateTimeField(_("time"), default=timezone.now, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("customer", "-created_at"), name="audit_customer_time"),)

    def __str__(self) -> str:
        return f"{self.action} {self.object_id}"
