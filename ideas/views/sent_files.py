"""The files that a form of the editor brings along."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from crowdhub.common.errors import Refusal
from crowdhub.people.request import member_of
from ideas.domain.attaching import attach_file
from ideas.forms import AttachmentForm
from ideas.models import Idea

MANY = 2  # from here on a refusal says which file it is about


def attach_sent(request: HttpRequest, idea: Idea) -> AttachmentForm:
    """Attach what was sent; each refusal becomes an error of the form that is returned, and keeps no other file out."""
    form = AttachmentForm()
    files = request.FILES.getlist("file")
    for file in files:
        try:
            attached, _is_new = attach_file(idea, file=file, actor=member_of(request))
            form.done.append(_("%s is attached.") % attached.name)
        except Refusal as refusal:
            form.add_error("file", f"{file.name}: {refusal}" if len(files) >= MANY else str(refusal))
    return form
