from django.urls import path

from crowdhub.pages import views

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("theme.css", views.theme, name="theme"),
    path("search/", views.search, name="search"),
    path("challenges/<slug:public_id>/", views.challenge, name="challenge"),
]
