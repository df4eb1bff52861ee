from django.urls import path

from rewards import views

app_name = "rewards"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("board/", views.board, name="board"),
    path("listing/", views.listing, name="listing"),
]
