import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crowdhub.settings")

from crowdhub.common.sent_text import read_as_utf8

application = read_as_utf8(get_wsgi_application())

from crowdhub.tenancy.startup import refuse_unsafe  # noqa: E402  its settings are there only now

refuse_unsafe()
