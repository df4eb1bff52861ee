from django.urls import path

from crowdhub.operator.admin import site

urlpatterns = [path("admin/", site.urls)]
