from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction

from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant
from tests import factories

CSV = "name,email,skills\nAnn,ann@acme.example,Welding:3\n"


@pytest.fixture
def acme_committed(committed_db):
    return factories.organization("acme")


def people(organization) -> list[str]:
    with tenant(organization), transaction.atomic():
        return list(Member.objects.values_list("email", flat=True))


def test_command_imports(acme_committed, tmp_path, capsys):
    file = tmp_path / "people.csv"
    file.write_text(CSV)

    call_command("import_members", "acme", str(file), "--dry-run")
    assert people(acme_committed) == []
    call_command("import_members", "acme", str(file))
    assert people(acme_committed) == ["ann@acme.example"]

    assert capsys.readouterr().out.splitlines() == [
        "1 new, 0 changed, 0 unchanged; to be created: 0 departments, 0 locations, 1 skills.",
        "Nothing was changed.",
        "1 new, 0 changed, 0 unchanged; to be created: 0 departments, 0 locations, 1 skills.",
        "Imported.",
    ]


def test_command_reports_every_bad_row_with_its_line(acme_committed, tmp_path, capsys):
    file = tmp_path / "people.csv"
    file.write_text(CSV + "Bo,nonsense,\n,bo@acme.example,Welding:9\n")

    with pytest.raises(CommandError, match="none was"):
        call_command("import_members", "acme", str(file))

    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines()] == ["line 3", "line 4", "line 4"]
    assert people(acme_committed) == []


def test_command_refuses_an_unknown_organization_and_an_absent_file(acme_committed, tmp_path):
    with pytest.raises(CommandError, match="There is no organization 'nobody'"):
        call_command("import_members", "nobody", str(tmp_path / "people.csv"))
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_members", "acme", str(tmp_path / "people.csv"))
