from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "crowdhub.pages"
