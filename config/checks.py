"""Mistakes of a production start, refused with a sentence that says what to set."""

from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import Error, register
from django.utils.module_loading import import_string

TABLES = ("TRANSPORTS", "AI_PROVIDERS", "PAYMENT_GATEWAYS", "RETRIEVERS")


@register()
def dotted_paths_resolve(**_: Any) -> list[Error]:
    """Every class that a settings table names can be imported."""
    return [
        error
        for table in TABLES
        for name, path in getattr(settings, table).items()
        for error in _import_errors(table, name, path)
    ]


def _import_errors(table: str, name: str, path: str) -> list[Error]:
    try:
        import_string(path)
    except ImportError as error:
        return [Error(f"{table}[{name!r}] names {path}: {error}", id="config.E001")]
    return []


@register()
def production_is_complete(**_: Any) -> list[Error]:
    """In production nothing falls back to an embedded default."""
    if not settings.IS_PRODUCTION:
        return []
    mistakes = {
        "config.E002": (
            len(settings.SECRET_KEY) < 50,
            "Set SECRET_KEY to a random text of 50 characters or more.",
        ),
        "config.E003": (settings.DEBUG, "Unset DEBUG: its error pages show secrets."),
        "config.E004": (
            not settings.FIELD_ENCRYPTION_KEYS,
            "Set FIELD_ENCRYPTION_KEYS to one or more Fernet keys (the first seals, all open).",
        ),
        "config.E005": (
            not settings.REDIS_URL,
            "Set REDIS_URL: production is several processes, and an in-memory channel layer reaches one.",
        ),
        "config.E006": (
            not settings.ALLOWED_HOSTS,
            "Set ALLOWED_HOSTS to the names this installation serves.",
        ),
        "config.E007": (
            settings.DATABASE_URL.startswith("sqlite"),
            "Set DATABASE_URL to a MySQL or MariaDB server: production is several processes, which need one.",
        ),
        "config.E008": (_connections() < _threads(), _too_few_connections()),
        "config.E009": (not settings.EMAIL_URL, "Set EMAIL_URL: invitations and verification go by mail."),
        "config.E010": (
            not settings.SITE_URL.startswith(("https://", "http://localhost")),
            "Set SITE_URL to the https address people open in their browser.",
        ),
        "config.E011": (
            not all(map(_is_fernet_key, settings.FIELD_ENCRYPTION_KEYS)),
            "FIELD_ENCRYPTION_KEYS holds something that is not a Fernet key (32 random bytes in URL-safe base64).",
        ),
    }
    return [Error(sentence, id=code) for code, (wrong, sentence) in mistakes.items() if wrong]


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


def _connections() -> int:
    pool = settings.DATABASES["default"].get("POOL_OPTIONS")
    return int(pool["POOL_SIZE"]) if pool else _threads()


def _threads() -> int:
    return int(max(settings.WORKER_THREADS, settings.DATABASE_THREADS + 1))


def _too_few_connections() -> str:
    return (
        f"connection_limit in DATABASE_URL is {_connections()}, but a process runs up to {_threads()} threads: "
        "raise it, or lower WORKER_THREADS and DATABASE_THREADS."
    )
