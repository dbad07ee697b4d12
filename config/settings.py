"""Every setting, read from the environment here and nowhere else.

Without any variable the product runs embedded: SQLite, one process, no account anywhere.
DATABASE_URL, REDIS_URL and keys switch on the real parts; .env.example documents each variable.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.headers import add_static_headers

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = BASE_DIR / ".local"

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# --- Mode ------------------------------------------------------------------------------------------------
# "embedded": one process on the built-in parts. "production": real parts and no defaults for secrets.
MODE = env.str("APP_MODE", default="embedded")
if MODE not in {"embedded", "production"}:
    raise ImproperlyConfigured("APP_MODE is embedded or production.")
IS_PRODUCTION = MODE == "production"
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str(
    "SECRET_KEY", default="" if IS_PRODUCTION else "embedded-only-secret-key-replaced-by-make-run"
)
FIELD_ENCRYPTION_KEYS = env.list(
    "FIELD_ENCRYPTION_KEYS",
    default=[] if IS_PRODUCTION else ["ZW1iZWRkZWQtb25seS1rZXktcmVwbGFjZWQtYnktcnU="],
)
PORT = env.int("PORT", default=8000)
DEMO_PORT = env.int("DEMO_PORT", default=8001)
# The password of the demo's logins; `make run` writes a random one into .env.
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="" if IS_PRODUCTION else "demo-demo-demo")
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{PORT}")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if IS_PRODUCTION else ["127.0.0.1", "localhost", "[::1]", "testserver"]
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
WORKER_THREADS = env.int("WORKER_THREADS", default=8)

# --- The product's face (white label) -----------------------------------------------------------------------
PRODUCT_NAME = env.str("PRODUCT_NAME", default="Talkwright")
PRODUCT_LOGO_URL = env.str("PRODUCT_LOGO_URL", default="")
PRODUCT_ACCENT_LIGHT = env.str("PRODUCT_ACCENT_LIGHT", default="")
PRODUCT_ACCENT_DARK = env.str("PRODUCT_ACCENT_DARK", default="")
PRODUCT_SUPPORT_EMAIL = env.str("PRODUCT_SUPPORT_EMAIL", default="support@localhost.invalid")

# --- Apps ---------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config",
    "whatsapp",
    "conversations",
    "knowledge",
    "chatbots",
    "billing",
    "usage",
    "integrations",
    "accounts",
    "channels",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "djstripe",
]
MIDDLEWARE = [
    "config.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.UnavailableDatabaseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SessionActivityMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context_processors.product",
                "accounts.context_processors.tenant",
                "billing.context_processors.plan_badge",
                "conversations.context_processors.unread",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database -----------------------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", default=f"sqlite:///{LOCAL_DIR / 'embedded.sqlite3'}")


# A file, because sockets and workers reach it from several threads; a process of its own unless it is named.
TEST_DATABASE_NAME = env.str("TEST_DATABASE_NAME", default=f"test-{os.getpid()}")


def database_from(url: str) -> dict[str, Any]:
    """Django's settings of one database address: sqlite:////absolute/path, or mysql://…"""
    return sqlite_from(url) if url.startswith("sqlite") else mysql_from(url)


def sqlite_from(url: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": url.removeprefix("sqlite:///").removeprefix("sqlite://"),
        "CONN_MAX_AGE": None,  # every thread that reaches the file lives as long as the process
        "TEST": {"NAME": str(LOCAL_DIR / f"{TEST_DATABASE_NAME}.sqlite3")},
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def mysql_from(url: str) -> dict[str, Any]:
    """MySQL or MariaDB; `connection_limit` and `pool_timeout` (10 and 10 s) become a real pool a process."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    limit = int(query.pop("connection_limit", "10"))
    timeout_seconds = int(query.pop("pool_timeout", "10"))
    config: dict[str, Any] = dict(
        environ.Env.db_url_config(urlunsplit(parts._replace(query=urlencode(query))))
    )
    return config | {
        "ENGINE": "dj_db_conn_pool.backends.mysql",
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            **config.get("OPTIONS", {}),
            "charset": "utf8mb4",
            "isolation_level": "read committed",
            "connect_timeout": 5,
        },
        "POOL_OPTIONS": {
            "POOL_SIZE": limit,
            "MAX_OVERFLOW": 0,
            "TIMEOUT": timeout_seconds,
            "RECYCLE": 3600,
            "PRE_PING": True,
        },
        "TEST": {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_unicode_ci"},
    }


DATABASES = {"default": database_from(DATABASE_URL)}
LOCAL_DIR.mkdir(exist_ok=True)
(BASE_DIR / "staticfiles").mkdir(exist_ok=True)  # empty until collectstatic fills it

# --- Redis: channel layer, cache, broker ----------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CHANNEL_LAYERS: dict[str, Any] = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {
                # redis-py's own defaults close every idle socket after five seconds and stop at 100 connections.
                "hosts": [{"address": REDIS_URL, "socket_timeout": 15, "max_connections": 5000}],
                "capacity": 1000,
            },
        }
    }
    CACHES: dict[str, Any] = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    }
    CELERY_BROKER_URL = REDIS_URL
else:
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}
    }
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CELERY_BROKER_URL = "memory://"

# --- Celery: the rows are the truth, the broker is a wake-up ---------------------------------------------------
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SOFT_TIME_LIMIT = 300
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_timeout": 5, "socket_connect_timeout": 2, "visibility_timeout": 3600}
    if REDIS_URL
    else {"polling_interval": 0.05}
)
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "heartbeat": {"task": "config.tasks.record_heartbeat", "schedule": 10.0},
    "sweep-turns": {"task": "conversations.tasks.sweep_turns", "schedule": 5.0},
    "sweep-ingestion": {"task": "knowledge.tasks.sweep_items", "schedule": 15.0},
    "expire-reservations": {"task": "billing.tasks.expire_reservations", "schedule": 60.0},
    "purge-deleted-items": {"task": "knowledge.tasks.purge_deleted", "schedule": 3600.0},
}

# --- Storage ------------------------------------------------------------------------------------------------
MEDIA_ROOT = env.path("MEDIA_ROOT", default=LOCAL_DIR / "media")
S3_BUCKET = env.str("S3_BUCKET", default="")
_private_files: dict[str, Any] = (
    {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT_URL", default=None),
            "access_key": env.str("S3_ACCESS_KEY", default=None),
            "secret_key": env.str("S3_SECRET_KEY", default=None),
            "region_name": env.str("S3_REGION", default=None),
            "default_acl": "private",
            "querystring_auth": True,
        },
    }
    if S3_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(MEDIA_ROOT)}}
)
STORAGES = {
    "default": _private_files,
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if IS_PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# What is served: the build, pictures and typefaces; the sources beside them are not.
STATICFILES_DIRS = [(name, BASE_DIR / "static" / name) for name in ("dist", "img", "fonts")]
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_ADD_HEADERS_FUNCTION = add_static_headers
WHITENOISE_ALLOW_ALL_ORIGINS = False
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_242_880
KNOWLEDGE_FILE_MAX_BYTES = env.int("KNOWLEDGE_FILE_MAX_BYTES", default=25 * 1024 * 1024)

# --- Mail ---------------------------------------------------------------------------------------------------
EMAIL_URL = env.str("EMAIL_URL", default="" if IS_PRODUCTION else "consolemail://")
if EMAIL_URL:
    vars().update(environ.Env.email_url_config(EMAIL_URL))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{PRODUCT_NAME} <noreply@localhost.invalid>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Accounts -----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "overview"
ACCOUNT_ADAPTER = "accounts.signup.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupDetailsForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = env.str(
    "ACCOUNT_EMAIL_VERIFICATION", default="mandatory" if IS_PRODUCTION else "optional"
)
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(SITE_URL).scheme
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_ADAPTER = "integrations.mfa.SealedSecretsAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = PRODUCT_NAME
USERSESSIONS_TRACK_ACTIVITY = True
WORKSPACES_PER_PERSON = env.int("WORKSPACES_PER_PERSON", default=3)
SEAT_LIMIT = "billing.entitlements.seat_limit"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14

# --- Web security -------------------------------------------------------------------------------------------
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=False)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = urlsplit(SITE_URL).scheme == "https"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

# --- Languages ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("es", _("Spanish")),
    ("de", _("German")),
    ("fr", _("French")),
    ("pt", _("Portuguese")),
    ("ar", _("Arabic")),
    ("hi", _("Hindi")),
    ("zh-hans", _("Chinese")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- The tables of dotted paths: data chooses, these say what it chooses from -----------------------------------
TRANSPORTS = {"WIDGET": "conversations.widget.WidgetTransport"}
AI_PROVIDERS = {
    "openai": "integrations.providers.openai.OpenAIProvider",
    "local": "knowledge.local_provider.LocalProvider",
}
PAYMENT_GATEWAYS = {"manual": "billing.gateways.manual.ManualGateway"}
RETRIEVERS = {"database": "knowledge.retrieval.DatabaseRetriever"}

# --- AI providers -------------------------------------------------------------------------------------------
# The platform's own provider; customers may add theirs. Empty: the built-in local answers.
OPENAI_API_KEY = env.str("OPENAI_API_KEY", default="")
OPENAI_BASE_URL = env.str("OPENAI_BASE_URL", default="")
OPENAI_CHAT_MODEL = env.str("OPENAI_CHAT_MODEL", default="gpt-4.1-mini")
# Models that customers may choose on the platform's own key; on a key of their own they choose freely.
PLATFORM_CHAT_MODELS = env.list("PLATFORM_CHAT_MODELS", default=[])
OPENAI_INPUT_PRICE = env.str("OPENAI_INPUT_PRICE", default="0.40")
OPENAI_OUTPUT_PRICE = env.str("OPENAI_OUTPUT_PRICE", default="1.60")
OPENAI_PRICE_CURRENCY = env.str("OPENAI_PRICE_CURRENCY", default="USD")
# host:port pairs in private ranges that outbound requests may reach, such as an Ollama of one's own.
OUTBOUND_ALLOWED_HOSTS = env.list("OUTBOUND_ALLOWED_HOSTS", default=[])
ANSWER_TIMEOUT_SECONDS = env.float("ANSWER_TIMEOUT_SECONDS", default=60.0)
FIRST_TOKEN_TIMEOUT_SECONDS = env.float("FIRST_TOKEN_TIMEOUT_SECONDS", default=20.0)

# --- Limits of live chat ------------------------------------------------------------------------------------
WIDGET_MESSAGE_MAX_CHARACTERS = 4000
WIDGET_FRAME_MAX_BYTES = 16_384
WIDGET_TOKEN_SECONDS = 900
WIDGET_MESSAGES_PER_MINUTE = env.int("WIDGET_MESSAGES_PER_MINUTE", default=20)
WIDGET_MESSAGES_PER_MINUTE_PER_BOT = env.int("WIDGET_MESSAGES_PER_MINUTE_PER_BOT", default=600)
WIDGET_MESSAGES_PER_MINUTE_PER_CUSTOMER = env.int("WIDGET_MESSAGES_PER_MINUTE_PER_CUSTOMER", default=1200)
PLAYGROUND_QUESTIONS_PER_DAY = env.int("PLAYGROUND_QUESTIONS_PER_DAY", default=500)
TURN_LEASE_SECONDS = 15
PERSON_ANSWERS_MINUTES = 30
DATABASE_THREADS = env.int("DATABASE_THREADS", default=6)

# --- REST API -----------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["integrations.authentication.APIKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.HasScope"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {"TITLE": f"{PRODUCT_NAME} API", "VERSION": "1", "SERVE_INCLUDE_SCHEMA": False}

# The currency of the public price list.
DEFAULT_CURRENCY = env.str("DEFAULT_CURRENCY", default="EUR")

# --- Stripe ---------------------------------------------------------------------------------------------------
STRIPE_API_VERSION = "2026-08-26.dahlia"
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
if "STRIPE_API_HOST" in env.ENVIRON:  # a server of one's own in place of Stripe's, for trying things out
    STRIPE_API_HOST = env.str("STRIPE_API_HOST")
STRIPE_LIVE_MODE = STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_"))
STRIPE_LIVE_SECRET_KEY = STRIPE_SECRET_KEY if STRIPE_LIVE_MODE else ""
STRIPE_TEST_SECRET_KEY = "" if STRIPE_LIVE_MODE else STRIPE_SECRET_KEY
DJSTRIPE_SUBSCRIBER_MODEL = "accounts.Customer"
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"
MIGRATION_MODULES = {"djstripe": "billing.djstripe_migrations"}
SILENCED_SYSTEM_CHECKS = [
    "djstripe.C001",  # no Stripe key is a supported state: the manual gateway works without one
    "djstripe.I001",
    "djstripe.I002",
]

# --- Logs -----------------------------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"events": {"()": "config.logs.EventFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "events"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django.db.backends": {"level": "INFO"},
        "httpx2": {"level": "WARNING"},
        "openai": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
        "kombu": {"level": "ERROR"},
        "uvicorn.access": {"level": "WARNING"},
        "uvicorn.error": {"level": "WARNING"},
        "django.channels.server": {"level": "WARNING"},
    },
}
