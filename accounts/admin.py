"""Users, customers and their ledger, as operators see them."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import workspace
from accounts.models import AuditEntry, Customer, Invitation, MemberRole, Membership, User

admin.site.unregister(Group)  # roles decide here, groups would decide nothing


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email",)


class UserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    form = UserForm
    add_form = NewUserForm
    list_display = ("email", "name", "role", "is_active", "last_login", "created_at")
    list_filter = ("role", "is_active", "locale")
    search_fields = ("email", "name", "public_id")
    ordering = ("-created_at",)
    readonly_fields = ("public_id", "last_login", "created_at", "updated_at")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("public_id", "email", "password", "name")}),
        (_("Rights"), {"fields": ("role", "is_active", "is_superuser")}),
        (_("Preferences"), {"fields": ("locale", "time_zone")}),
        (_("Times"), {"fields": ("last_login", "created_at", "updated_at")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "role", "usable_password", "password1", "password2")}),
    )


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ("user",)
    fields = ("user", "role", "created_at")
    readonly_fields = ("role", "created_at")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user")


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    list_display = (
        "name",
        "slug",
        "country",
        "currency",
        "member_count",
        "suspended_at",
        "is_demo",
        "created_at",
    )
    list_filter = (("suspended_at", admin.EmptyFieldListFilter), "is_demo", "currency", "locale")
    search_fields = ("name", "slug", "public_id", "billing_email", "memberships__user__email")
    date_hierarchy = "created_at"
    readonly_fields = ("public_id", "suspended_at", "suspended_reason", "created_at", "updated_at")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (MembershipInline,)
    actions = ("suspend", "reinstate")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(members=Count("memberships"))

    @admin.display(description=_("members"), ordering="members")
    def member_count(self, customer: Any) -> int:
        return int(customer.members)

    @admin.action(description=_("Suspend the chosen customers"), permissions=("change",))
    def suspend(self, request: HttpRequest, queryset: QuerySet[Customer]) -> None:
        for customer in queryset:
            workspace.suspend(customer, str(_("Suspended by an operator")), _actor(request))

    @admin.action(description=_("Reinstate the chosen customers"), permissions=("change",))
    def reinstate(self, request: HttpRequest, queryset: QuerySet[Customer]) -> None:
        for customer in queryset:
            workspace.reinstate(customer, _actor(request))


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    """Seats are given here; roles and removal belong to the team page, which keeps an owner."""

    list_display = ("user", "customer", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("user", "customer")
    search_fields = ("user__email", "user__name", "customer__name", "public_id")
    autocomplete_fields = ("user", "customer")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        is_owner = obj is not None and obj.role == MemberRole.OWNER
        return not is_owner and super().has_delete_permission(request, obj)


class ReadOnlyAdmin(admin.ModelAdmin):
    """A ledger: looked at, never written here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("email", "customer", "role", "expires_at", "accepted_at", "revoked_at")
    list_filter = (
        "role",
        ("accepted_at", admin.EmptyFieldListFilter),
        ("revoked_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("customer",)
    search_fields = ("email", "customer__name", "public_id")
    exclude = ("token_hash", "open_key")


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "action", "object_id", "customer", "actor", "acting_for", "address")
    list_filter = ("action",)
    list_select_related = ("customer", "actor", "acting_for")
    search_fields = ("action", "object_id", "customer__name", "actor__email")
    date_hierarchy = "created_at"


def _actor(request: HttpRequest) -> Any:
    return request.user
