from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from crowdhub.people.request import member_of
from crowdhub.urls import urlpatterns as product


@login_required
def floor(request: HttpRequest) -> HttpResponse:
    """The least that a page can be: middleware, sign-in, transaction, and a word."""
    return HttpResponse(member_of(request).public_id)


urlpatterns = [path("floor/", floor), *product]
