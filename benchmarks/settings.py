"""The product's settings, with one more address (the floor) and a header that counts queries."""

from crowdhub.settings import *  # noqa: F403
from crowdhub.settings import MIDDLEWARE

ROOT_URLCONF = "benchmarks.urls"
# Outside of the tenant's middleware, so that it counts what that asks, too.
MIDDLEWARE = ["benchmarks.counting.QueryCountMiddleware", *MIDDLEWARE]
