from django.urls import path

from crowdhub.pages import room, views

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("theme.css", views.theme, name="theme"),
    path("search/", views.search, name="search"),
    path("challenges/<slug:public_id>/", views.challenge, name="challenge"),
    path("challenges/<slug:public_id>/room/", room.room, name="room"),
]
