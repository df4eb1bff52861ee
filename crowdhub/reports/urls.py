from django.urls import path

from crowdhub.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.export_list, name="list"),
    path("engagement/", views.preview, name="preview"),
    path("exports/<slug:public_id>/", views.detail, name="detail"),
    path("exports/<slug:public_id>/file/", views.download, name="download"),
]
