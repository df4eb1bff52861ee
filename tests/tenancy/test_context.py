"""The tenant context: the ORM's scope and the database's setting, opened and closed together."""

import pytest
from django.db import connection, transaction
from django_scopes.exceptions import ScopeError

from crowdhub.people.models import Member
from crowdhub.tenancy.context import NoTenant, current_organization, tenant
from crowdhub.tenancy.models import Organization


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('app.organization', true)")
        return cursor.fetchone()[0]


def test_query_without_tenant_raises(cast):
    with pytest.raises(ScopeError):
        Member.objects.count()


def test_tenant_of_nobody_raises():
    with pytest.raises(NoTenant), tenant(None):
        pass


def test_current_organization_without_tenant_raises():
    with pytest.raises(NoTenant):
        current_organization()


def test_tenant_changes_inside_a_transaction(cast):
    with tenant(cast.acme):
        assert setting() == str(cast.acme.pk)
        with tenant(cast.globex):
            assert setting() == str(cast.globex.pk)
        assert setting() == str(cast.acme.pk)


def test_tenant_is_told_again_after_a_savepoint_is_rolled_back(cast):
    with tenant(cast.acme):
        with pytest.raises(ValueError, match="stop"), transaction.atomic(), tenant(cast.globex):
            raise ValueError("stop")

        assert setting() == str(cast.acme.pk)
        assert Member.objects.filter(pk=cast.alice.pk).exists()


def test_setting_ends_with_the_transaction(committed_db):
    with tenant(Organization(pk=1)):
        with transaction.atomic():
            assert setting() == "1"

        assert setting() in ("", None)


def test_raw_sql_sees_only_the_open_organization(cast):
    with tenant(cast.acme), connection.cursor() as cursor:
        cursor.execute("select count(*) from people_member where organization_id = %s", [cast.globex.pk])
        assert cursor.fetchone()[0] == 0
        cursor.execute("select count(distinct organization_id) from people_member")
        assert cursor.fetchone()[0] == 1
