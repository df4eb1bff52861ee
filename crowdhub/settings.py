"""All settings, read from the environment; the launcher and docker-compose.yml provide one."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from crowdhub.common.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# `manage.py demo` and `run` have no environment yet (they make one), nor has a build step such as collectstatic.
ENVIRONMENT_MADE_LATER = len(sys.argv) > 1 and sys.argv[1] in {
    "demo",
    "run",
    "collectstatic",
    "makemessages",
    "compilemessages",
}

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("CROWDHUB_DEMO", default=False)
DEMO_MAILBOX = env.str("CROWDHUB_DEMO_MAILBOX", default="")
# Who has it may found the first organization of an empty installation; without one, only operators can, by a command.
SETUP_CODE = env.str("CROWDHUB_SETUP_CODE", default="")
SECRET_KEY = env.str("SECRET_KEY", default="not-used" if ENVIRONMENT_MADE_LATER else env.NOTSET)
# Every host is looked up in tenancy.Domain, and an unknown one is a plain 404.
ALLOWED_HOSTS = ["*"]
SCHEME = env.str("CROWDHUB_SCHEME", default="https")
# The port that visitors see, for links in mails; empty for the scheme's own.
PUBLIC_PORT = env.str("CROWDHUB_BASE_PORT", default="")

INSTALLED_APPS = [
    "crowdhub.common",
    "crowdhub.tenancy",
    "crowdhub.people",
    "crowdhub.activity",
    "challenges",
    "ideas",
    "moderation",
    "rewards",
    "crowdhub.inbox",
    "crowdhub.reports",
    "crowdhub.pages",
    "crowdhub.api",
    "crowdhub.operator",
    "crowdhub.launcher",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "template_partials",
    "csp",
    "django_prometheus",
    "django_structlog",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Outside of the transaction, which is over by then; our files come compressed, so they are answered before.
    "crowdhub.common.compression.CompressionMiddleware",
    # Probes come by any host and must not need a tenant.
    "crowdhub.operator.health.HealthMiddleware",
    "crowdhub.common.logs.RequestLogMiddleware",
    "crowdhub.common.limits.SizeLimitMiddleware",
    "crowdhub.common.sent_text.SentTextMiddleware",
    # Answers everything as long as there is no organization, which the next one could not.
    "crowdhub.operator.middleware.FirstRunMiddleware",
    # The organization and the transaction, around everything below, rendering included.
    "crowdhub.tenancy.middleware.TenantMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crowdhub.people.middleware.MemberMiddleware",
    "crowdhub.common.prefetching.PrefetchMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crowdhub.common.error_pages.RefusalMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "crowdhub.urls"
WSGI_APPLICATION = "crowdhub.wsgi.application"

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
                "crowdhub.pages.context.frame",
                "crowdhub.operator.demo.cast",
            ],
        },
    }
]

# --- Database: one, seen through four roles -----------------------------------------------------

NOWHERE = "postgres://crowdhub_app@127.0.0.1:1/crowdhub"


def _database(name: str, *, engine: str, fallback: str | None = None) -> dict[str, Any]:
    default = fallback if fallback is not None else (NOWHERE if ENVIRONMENT_MADE_LATER else env.NOTSET)
    settings: dict[str, Any] = env.db_url(name, default=default)
    return settings | {
        "ENGINE": engine,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # A transaction pool (PgBouncer) cannot keep a cursor on the server between statements.
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


PLAIN_ENGINE = "django.db.backends.postgresql"
DATABASES = {
    "default": _database("DATABASE_URL", engine="crowdhub.tenancy.backend"),
    "owner": _database("DATABASE_OWNER_URL", engine=PLAIN_ENGINE, fallback=NOWHERE),
    "relay": _database("DATABASE_RELAY_URL", engine=PLAIN_ENGINE, fallback=NOWHERE),
    "operator": _database("DATABASE_OPERATOR_URL", engine=PLAIN_ENGINE, fallback=NOWHERE),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Background work ----------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 30 * 60
# A page must answer at once when the broker is down; the outbox keeps the work.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Above the longest task, or a running one is delivered twice.
    "visibility_timeout": CELERY_TASK_TIME_LIMIT + 300,
    "unacked_restore_interval": 5,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    # One more try at once, and no more: whoever waits for the page must not wait for the broker.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    # A sweep that is not begun before the next one is due has nothing of its own to do: none may pile up.
    "sweep the outbox": {"task": "crowdhub.activity.tasks.sweep_outbox", "schedule": 5.0, "options": {"expires": 5}},
    "tell that beat and worker live": {"task": "crowdhub.operator.tasks.heartbeat", "schedule": 5.0},
    "send digests that are due": {"task": "crowdhub.inbox.tasks.send_due_digests", "schedule": 15 * 60.0},
    "count who saw which idea": {"task": "ideas.tasks.count_exposures", "schedule": 120.0},
    "delete files that belong to nothing": {"task": "ideas.tasks.forget_stray_files", "schedule": 24 * 3600.0},
    "discard changes of many that nobody confirmed": {
        "task": "crowdhub.people.tasks.discard_outdated_changes",
        "schedule": 3600.0,
    },
    "forget outbox rows that are long done": {"task": "crowdhub.activity.tasks.purge_outbox", "schedule": 24 * 3600.0},
    "start exports that were left": {
        "task": "crowdhub.reports.tasks.start_waiting_exports",
        "schedule": 60.0,
    },
}

CACHES = {
    "default": {
        "BACKEND": "crowdhub.common.cache.ResilientRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}

# --- Sign-in ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.Member"
AUTHENTICATION_BACKENDS = ["crowdhub.people.authentication.OrganizationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "pages:home"
# Attempts to sign in are counted by address. Behind a proxy that is the last one in X-Forwarded-For, which the proxy
# adds and nobody can forge; if the proxy's own address counted, one attacker would lock everybody out.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("CROWDHUB_TRUSTED_PROXIES", default=1 if SCHEME == "https" else 0)
ACCOUNT_ADAPTER = "crowdhub.people.authentication.AccountAdapter"
ACCOUNT_FORMS = {"reset_password": "crowdhub.people.password_form.ResetPasswordForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Under row-level security "unique" means within the organization.
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_USER_DISPLAY = "crowdhub.people.names.account_name"
MFA_ADAPTER = "crowdhub.people.second_factor.SecondFactorAdapter"
# The first encrypts, all decrypt; none: a key derived from SECRET_KEY.
MFA_ENCRYPTION_KEYS = env.list("MFA_ENCRYPTION_KEYS", default=[])
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# Addresses come from the organization's directory and are verified by no mail of allauth's.
MFA_ALLOW_UNVERIFIED_EMAIL = True
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 14 * 24 * 3600

# --- Security -----------------------------------------------------------------------------------

SECURE = SCHEME == "https"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
CSRF_FAILURE_VIEW = "crowdhub.people.signed_out.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
# Both reach further than this product: other hosts below this one, and lists in browsers that take months to leave.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("CROWDHUB_HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.bool("CROWDHUB_HSTS_PRELOAD", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # the deployment check wants both on
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],  # the pages can be installed as an app
        "worker-src": [SELF],  # the service worker that shows the offline page, and no other
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- Language, time, files, mail ----------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "crowdhub.common.formats"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STORAGES = {
    # What members upload. No web server may serve it: pages do, to those who may see what it belongs to.
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env.str("CROWDHUB_FILES", default=str(BASE_DIR / ".data" / "files")),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": env.str("STATICFILES_STORAGE", default="crowdhub.common.static_files.FingerprintedFiles")
    },
}
# How much may be attached to ideas, in all, by one member and by an organization; 0 sets no bound.
MEMBER_FILES_MB = env.int("CROWDHUB_MEMBER_FILES_MB", default=500)
ORGANIZATION_FILES_MB = env.int("CROWDHUB_ORGANIZATION_FILES_MB", default=50_000)
EMAIL_CONFIG: dict[str, Any] = env.email_url("EMAIL_URL", default="smtp://127.0.0.1:25")
vars().update(EMAIL_CONFIG)
# A mail provider's API instead of SMTP: a backend of django-anymail, and what it has to know.
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="") or EMAIL_CONFIG["EMAIL_BACKEND"]
ANYMAIL: dict[str, Any] = json.loads(env.str("ANYMAIL", default="") or "{}")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="CrowdHub <no-reply@crowdhub.invalid>")

# --- API ----------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "crowdhub.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["crowdhub.api.permissions.SignedInWithScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["crowdhub.api.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "crowdhub.api.pagination.PageNumbers",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "crowdhub.api.schema.ProblemSchema",
    "DEFAULT_THROTTLE_CLASSES": ["crowdhub.api.throttling.MemberThrottle"],
    "DEFAULT_THROTTLE_RATES": {"member": env.str("CROWDHUB_API_RATE", default="600/min")},
    "EXCEPTION_HANDLER": "crowdhub.api.problems.problem_details",
    "DEFAULT_METADATA_CLASS": None,  # the schema describes the API, OPTIONS does not
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "CrowdHub API",
    "DESCRIPTION": "Challenges, ideas and everything around them, for the organization of the host name.",
    "VERSION": "1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["crowdhub.api.permissions.SignedInWithScope"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    # Names for the value sets that several resources call by the same word.
    "ENUM_NAME_OVERRIDES": {
        "AnswerOutcome": "ideas.enums.Outcome",
        "CaseOutcome": "moderation.enums.CaseOutcome",
        "CaseKind": "moderation.enums.CaseKind",
        "CaseState": "moderation.enums.CaseState",
        "ChallengeKind": "challenges.enums.ChallengeKind",
        "ChallengeState": "challenges.enums.ChallengeState",
        "CommentState": "ideas.enums.CommentState",
        "EntryKind": "rewards.enums.EntryKind",
        "ExportKind": "crowdhub.reports.enums.ExportKind",
        "IdeaState": "ideas.enums.IdeaState",
        "ContributorPart": "ideas.enums.ContributorPart",
        "LinkKind": "ideas.enums.LinkKind",
        "ManagerPart": "challenges.enums.ManagerPart",
        "MemberKind": "crowdhub.people.enums.Kind",
        "PhaseKind": "challenges.enums.PhaseKind",
    },
}

# --- Metrics: /metrics answers only to this bearer token, and to nobody when it is empty ----------

METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# --- Logs ---------------------------------------------------------------------------------------

# What a task logs carries the id of the request that asked for it.
DJANGO_STRUCTLOG_CELERY_ENABLED = True
# Celery itself tells that a task began and ended.
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DEBUG

LOGGING = logging_config(level=env.str("LOG_LEVEL", default="INFO"))
