"""Writes docs/permissions.md from the permission table."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import permission_document


class Command(BaseCommand):
    help = "Write docs/permissions.md from the permission table."

    def handle(self, *args: Any, **options: Any) -> None:
        permission_document.path().write_text(permission_document.text(), encoding="utf-8")
        self.stdout.write(f"Written: {permission_document.path()}")
