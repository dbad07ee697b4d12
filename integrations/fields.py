"""Secrets at rest: a text column sealed with rotatable keys (MultiFernet).

The first key of settings.FIELD_ENCRYPTION_KEYS seals; every key opens, so that keys can rotate.
"""

from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


class SecretUnreadableError(Exception):
    """A sealed value that none of the configured keys opens."""


def keyring() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])


def seal(value: str) -> str:
    return keyring().encrypt(value.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the plain text; SecretUnreadableError when no key fits, never the ciphertext."""
    try:
        return keyring().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadableError("No configured key opens this value.") from error


def mask(secret: str) -> str:
    """Show that a secret is there, and its last four characters when it is long enough to spare them."""
    if not secret:
        return ""
    return f"••••{secret[-4:]}" if len(secret) >= 16 else "••••"


class EncryptedTextField(models.TextField):
    """Plain text in Python, a Fernet token in the database; "" stays ""."""

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return seal(prepared) if prepared else prepared

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return unseal(value) if value else value
