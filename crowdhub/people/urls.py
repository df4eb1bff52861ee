from django.urls import URLPattern, path

from crowdhub.people.views import bulk, directory, imports, me, members, structure

app_name = "people"


def _shelf(name: str) -> list[URLPattern]:
    """Return the pages of one kind of thing that people belong to."""
    kind = {"shelf_name": name}
    return [
        path(f"{name}/", structure.things, kind, name=name),
        path(f"{name}/<slug:public_id>/", structure.thing, kind, name=f"{name}-one"),
        path(f"{name}/<slug:public_id>/delete/", structure.delete, kind, name=f"{name}-delete"),
    ]


urlpatterns = [
    path("", directory.people_list, name="list"),
    path("export/", directory.export, name="export"),
    path("new/", members.create, name="create"),
    path("me/", me.me, name="me"),
    path("me/settings/", me.change_settings, name="my-settings"),
    path("me/skills/", me.state_skill, name="state-skill"),
    path("me/skills/<slug:public_id>/", me.change_skill, name="change-skill"),
    path("roles/", structure.role_list, name="roles"),
    *_shelf("departments"),
    *_shelf("locations"),
    *_shelf("skills"),
    *_shelf("groups"),
    path("groups/<slug:public_id>/members/", structure.add_to_group, name="group-add"),
    path("groups/<slug:public_id>/members/<slug:member_id>/", structure.remove_from_group, name="group-remove"),
    path("bulk/", bulk.changes, name="bulk-changes"),
    path("bulk/<slug:public_id>/", bulk.change, name="bulk"),
    path("bulk/<slug:public_id>/confirm/", bulk.confirm, name="bulk-confirm"),
    path("bulk/<slug:public_id>/stop/", bulk.stop, name="bulk-stop"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<slug:public_id>/", imports.one_import, name="import"),
    path("imports/<slug:public_id>/problems/", imports.problems, name="import-problems"),
    path("imports/<slug:public_id>/confirm/", imports.confirm, name="import-confirm"),
    path("imports/<slug:public_id>/discard/", imports.discard, name="import-discard"),
    path("imports/<slug:public_id>/reopen/", imports.reopen, name="import-reopen"),
    path("<slug:public_id>/", members.detail, name="detail"),
    path("<slug:public_id>/edit/", members.edit, name="edit"),
    path("<slug:public_id>/deactivate/", members.deactivate, name="deactivate"),
    *(path(f"<slug:public_id>/{act}/", members.keep_account, {"act": act}, name=act) for act in members.ACCOUNT_ACTS),
    path("<slug:public_id>/roles/", members.change_roles, name="change-roles"),
    path("<slug:public_id>/skills/<slug:skill_id>/", members.confirm_skill, name="confirm-skill"),
]
