from django.urls import path

from crowdhub.pages import answers, offline, organization_settings, report_back, room, setting_up, views
from crowdhub.pages.styleguide.views import styleguide

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("theme.css", views.theme, name="theme"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("worker.js", offline.worker, name="worker"),
    path("offline/", offline.offline, name="offline"),
    path("prefetching.json", views.prefetching, name="prefetching"),
    path("styleguide/", styleguide, name="styleguide"),
    path("search/", views.search, name="search"),
    path("guidelines/", views.guidelines, name="guidelines"),
    path("getting-started/", setting_up.getting_started, name="getting-started"),
    path("getting-started/skills/", setting_up.skills, name="name-skills"),
    path("getting-started/moderator/", setting_up.moderator, name="invite-moderator"),
    path("getting-started/hide/", setting_up.hide, name="hide-getting-started"),
    path("settings/", organization_settings.settings_page, name="settings"),
    path("settings/logo/", organization_settings.logo_upload, name="set-logo"),
    path("settings/agreement/", organization_settings.agreement, name="agreement"),
    path("logo/<slug:version>/", organization_settings.logo, name="logo"),
    path("challenges/<slug:public_id>/", views.challenge, name="challenge"),
    path("challenges/<slug:public_id>/preview/", views.preview, name="preview"),
    path("challenges/<slug:public_id>/room/", room.room, name="room"),
    path("challenges/<slug:public_id>/answers/", answers.answers, name="answers"),
    path("challenges/<slug:public_id>/report-back/", report_back.report_back, name="report-back"),
]
