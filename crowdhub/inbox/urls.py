from django.urls import path

from crowdhub.inbox import views

app_name = "inbox"
urlpatterns = [
    path("", views.inbox_list, name="list"),
    path("mark/", views.mark, name="mark"),
    path("mute/", views.mute, name="mute"),
    path("unmute/<slug:public_id>/", views.unmute, name="unmute"),
    path("preferences/", views.preferences, name="preferences"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("<slug:public_id>/", views.open_notification, name="open"),
]
