from django.urls import path

from challenges.views import editing, managers, running, templates, terms

# The page of a challenge with its ideas is composed of two apps: pages:challenge, and for its managers pages:preview
# and pages:room. So is the list, challenges:list, which crowdhub/urls.py puts beside these.
app_name = "challenges"
urlpatterns = [
    path("new/", editing.new, name="new"),
    path("templates/", templates.templates, name="templates"),
    path("templates/<slug:name>/", templates.begin, name="begin"),
    path("<slug:public_id>/edit/", editing.edit, name="edit"),
    path("<slug:public_id>/edit/<slug:step>/", editing.edit, name="edit"),
    path("<slug:public_id>/save/<slug:step>/", editing.save, name="save"),
    path("<slug:public_id>/reach/", editing.reach, name="reach"),
    path("<slug:public_id>/launch/", editing.launch, name="launch"),
    path("<slug:public_id>/discard/", editing.discard, name="discard"),
    path("<slug:public_id>/invitations/", running.invitations, name="invitations"),
    path("<slug:public_id>/invitations/<slug:member_id>/withdraw/", running.withdraw, name="withdraw"),
    path("<slug:public_id>/managers/", managers.managers, name="managers"),
    path("<slug:public_id>/managers/<slug:member_id>/remove/", managers.remove, name="remove_manager"),
    path("<slug:public_id>/moderators/<slug:member_id>/remove/", managers.remove_moderator, name="remove_moderator"),
    path("<slug:public_id>/dates/", running.extend, name="extend"),
    path("<slug:public_id>/close/", running.close, name="close"),
    path("<slug:public_id>/terms/", terms.terms, name="terms"),
]
