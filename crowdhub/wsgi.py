import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crowdhub.settings")

application = get_wsgi_application()

from crowdhub.tenancy.startup import refuse_unsafe  # noqa: E402  its settings are there only now

refuse_unsafe()
