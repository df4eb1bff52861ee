from __future__ import annotations

from django.urls import include, path

from challenges import urls as challenges
from crowdhub.pages.challenge_list import list_challenges
from crowdhub.pages.offline import sign_out
from crowdhub.people.views.me import addresses_are_kept

handler403 = "crowdhub.common.error_pages.forbidden"
handler404 = "crowdhub.common.error_pages.not_found"
# Composed above the app, and under the name by which the app leads there.
CHALLENGES = [path("", list_challenges, name="list"), *challenges.urlpatterns]
urlpatterns = [
    # Before allauth's own page of that address, which would let members change what they sign in with.
    path("accounts/email/", addresses_are_kept, name="account_email_kept"),
    # Before allauth's own, too: signing out clears the browser.
    path("accounts/logout/", sign_out, name="account_logout"),
    path("accounts/", include("allauth.urls")),
    path("challenges/", include((CHALLENGES, challenges.app_name))),
    path("ideas/", include("ideas.urls")),
    path("moderation/", include("moderation.urls")),
    path("recognition/", include("rewards.urls")),
    path("inbox/", include("crowdhub.inbox.urls")),
    path("reports/", include("crowdhub.reports.urls")),
    path("people/", include("crowdhub.people.urls")),
    path("", include("crowdhub.api.urls")),
    path("operator/", include("crowdhub.operator.urls")),
    path("demo/", include("crowdhub.operator.demo_urls")),
    path("", include("crowdhub.pages.urls")),
]
