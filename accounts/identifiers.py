"""Names that leave the house: random public ids, and e-mail addresses compared without case.

Every model that has a page, an API resource or a webhook uses PublicIdField.
"""

import secrets
from typing import Any

from django.db import models

# Crockford's base 32: no letter that reads like a digit, and one case only, because MariaDB's
# default collation would call "a" and "A" the same id.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
RANDOM_LENGTH = 24  # 120 bits


def new_public_id(prefix: str) -> str:
    return f"{prefix}_{''.join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))}"


class PublicIdField(models.CharField):
    """A random, prefixed, URL-safe, unique id, generated once when the object is made."""

    def __init__(self, *args: Any, prefix: str = "", **kwargs: Any) -> None:
        self.prefix = prefix
        super().__init__(*args, **{**kwargs, "max_length": 40, "unique": True, "editable": False})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for key in ("max_length", "unique", "editable"):
            kwargs.pop(key, None)
        return name, path, args, {**kwargs, "prefix": self.prefix}

    def has_default(self) -> bool:
        return True

    def get_default(self) -> str:
        return new_public_id(self.prefix)


class LowercaseEmailField(models.EmailField):
    """An e-mail address kept and compared in lower case on every database."""

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return prepared.strip().lower() if isinstance(prepared, str) else prepared

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return text.strip().lower() if isinstance(text, str) else text
