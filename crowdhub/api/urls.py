from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from crowdhub.api import docs, views
from crowdhub.api.attachments import AttachmentViewSet
from crowdhub.api.base import NotHere, VisibleRows
from crowdhub.api.challenges import ChallengeViewSet, TermsViewSet
from crowdhub.api.challenges_people import InvitationViewSet, ManagerViewSet, ModeratorViewSet
from crowdhub.api.comments import CommentViewSet
from crowdhub.api.idea_links import IdeaLinkViewSet
from crowdhub.api.ideas import IdeaViewSet
from crowdhub.api.moderation import CaseViewSet
from crowdhub.api.people import MemberViewSet, MeView, MySkillsView, SkillViewSet
from crowdhub.api.reports import ExportViewSet
from crowdhub.api.rewards import LedgerViewSet, StandingView
from crowdhub.api.structure import DepartmentViewSet, GroupViewSet, LocationViewSet

app_name = "api"
ONE = rf"(?P<id>{VisibleRows.lookup_value_regex})"
router = SimpleRouter()
router.register("challenges", ChallengeViewSet, basename="challenge")
router.register(rf"challenges/{ONE}/managers", ManagerViewSet, basename="challenge-manager")
router.register(rf"challenges/{ONE}/moderators", ModeratorViewSet, basename="challenge-moderator")
router.register(rf"challenges/{ONE}/invitations", InvitationViewSet, basename="challenge-invitation")
router.register("terms", TermsViewSet, basename="terms")
router.register("ideas", IdeaViewSet, basename="idea")
router.register(rf"ideas/{ONE}/attachments", AttachmentViewSet, basename="attachment")
router.register(rf"ideas/{ONE}/links", IdeaLinkViewSet, basename="idea-link")
router.register("comments", CommentViewSet, basename="comment")
router.register("members", MemberViewSet, basename="member")
router.register("departments", DepartmentViewSet, basename="department")
router.register("locations", LocationViewSet, basename="location")
router.register("groups", GroupViewSet, basename="group")
router.register("skills", SkillViewSet, basename="skill")
router.register("cases", CaseViewSet, basename="case")
router.register("ledger", LedgerViewSet, basename="ledger")
router.register("exports", ExportViewSet, basename="export")

version_1: list[URLPattern | URLResolver] = [
    path("me/", MeView.as_view(), name="me"),
    path("me/skills/", MySkillsView.as_view(), name="my_skills"),
    path("standing/", StandingView.as_view(), name="standing"),
    path("schema/", docs.schema, name="schema"),
    path("docs/", docs.docs, name="docs"),
    *router.urls,
    # Last: what the API does not have is a problem in its own format as well.
    re_path(r"^(?P<path>.*)$", NotHere.as_view(), name="not_here"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("people/me/tokens/", views.tokens, name="tokens"),
    path("people/me/tokens/<slug:public_id>/revoke/", views.revoke, name="revoke_token"),
    path("api/v1/", include(version_1)),
]
