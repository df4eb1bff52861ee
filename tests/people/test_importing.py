"""Importing members: the preview says what will change, and all of it happens or nothing."""

from __future__ import annotations

import pytest

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event, OutboxRow
from crowdhub.people import queries
from crowdhub.people.domain import import_file, import_writing, importing, skills
from crowdhub.people.domain.import_plan import Plan
from crowdhub.people.enums import ImportState, Kind, SkillSource
from crowdhub.people.models import Department, DepartmentStay, Location, Member, MemberImport, MemberSkill, Skill
from tests import factories
from tests.harness.outbox import run_consumers

COUNTED = ["people_departmentstay", "people_member", "people_memberskill"]
HEAD = "name,email,department,location,skills,manager,language,kind\n"


@pytest.fixture
def upload(in_acme):
    def make(text: str) -> MemberImport:
        made = importing.upload_members("people.csv", (HEAD + text).encode(), actor=in_acme.erin)
        importing.read_import(made.pk)
        made.refresh_from_db()
        return made

    return make


def do(upload: MemberImport, *, invite: bool = False) -> Plan:
    plan = importing.plan_of(upload)
    confirm(upload, plan.digest, invite=invite)
    importing.run_import(upload)
    upload.refresh_from_db()
    return plan


def confirm(upload: MemberImport, digest: str, *, invite: bool = False) -> None:
    importing.confirm_import(upload, actor=upload.uploaded_by, digest=digest, send_invitations=invite)


def problems(upload: MemberImport) -> list[tuple[int, str, str]]:
    return list(queries.problems_of(upload).values_list("line", "column", "message"))


def held(member: Member) -> list[tuple[str, int, int | None, str]]:
    found = MemberSkill.objects.filter(member=member).order_by("skill__name")
    return [(row.skill.name, row.level, row.claimed_level, row.source) for row in found]


def test_preview_says_what_is_new_and_what_changes(upload, in_acme):
    plan = importing.plan_of(
        upload(
            "Ann,ann@acme.example,Operations > Line 1,Berlin,Welding:4;Brazing:2,bo@acme.example,,\n"
            "Bo,bo@acme.example,,,,alice@acme.example,,\n"
            "Alice Ray,alice@acme.example,sales,,Welding:5,,,\n"
            "Ed,ed@acme.example,Sales,,,,,\n"
        )
    )

    assert plan.problems == []
    assert [row.name for row in plan.new] == ["Ann", "Bo"]
    assert [[(str(d.label), d.old, d.new) for d in change.differences] for change in plan.changed] == [
        [("Name", "Alice", "Alice Ray"), ("Department", "Operations › Assembly", "sales"), ("Welding", "4", "5")]
    ]
    assert plan.unchanged_count == 1
    assert plan.departments == [("Operations", "Line 1")]
    assert plan.locations == ["Berlin"]
    assert plan.skills == ["Brazing"]
    assert not Member.objects.filter(email="ann@acme.example").exists()


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("Boss,boss@acme.example,,,Welding:9,,,\n", (3, "skills")),
        (",boss@acme.example,,,,,,\n", (3, "name")),
        ("Boss, Big, Boss@acme.example ,,,,,,\n", (3, "")),
        ('"Boss"!,boss@acme.example,,,,,,\n', (3, "")),
    ],
)
def test_bad_row_of_a_manager_is_no_problem_of_her_people(upload, row, problem):
    people = "Ann,ann@acme.example,,,,boss@acme.example,,\n", "Bo,bo@acme.example,,,,boss@acme.example,,\n"

    plan = importing.plan_of(upload(people[0] + row + people[1]))

    assert [(one.line, one.column) for one in plan.problems] == [problem]


def test_manager_who_is_nowhere_is_a_problem_beside_bad_rows(upload):
    plan = importing.plan_of(upload("Ann,ann@acme.example,,,,boss@acme.example,,\nBo,nonsense,,,,,,\n"))

    assert [(one.line, one.column) for one in plan.problems] == [(2, "manager"), (3, "email")]


def test_import_does_what_the_preview_said(upload, in_acme):
    done = upload(
        "Ann,ann@acme.example,Operations > Line 1,Berlin,Welding:4;Brazing:2,bo@acme.example,de,partner\n"
        "Bo,bo@acme.example,,,,alice@acme.example,,\n"
        "Alice Ray,alice@acme.example,sales,,Welding:5,,,\n"
    )
    do(done)

    ann = Member.objects.get(email="ann@acme.example")
    alice = Member.objects.get(pk=in_acme.alice.pk)
    assert (ann.department.name, ann.department.parent, ann.location.name) == (
        "Line 1",
        in_acme.operations,
        "Berlin",
    )
    assert ann.department.path == f"{in_acme.operations.path}{ann.department.pk}/"
    assert (ann.manager.name, ann.language, ann.kind) == ("Bo", "de", Kind.PARTNER)
    assert ann.manager.manager == alice
    assert not ann.has_usable_password()
    assert ann.login == f"{in_acme.acme.pk}:ann@acme.example"
    assert held(ann) == [("Brazing", 2, None, SkillSource.IMPORT), ("Welding", 4, None, SkillSource.IMPORT)]
    assert (alice.name, alice.department) == ("Alice Ray", in_acme.sales)
    assert held(alice) == [("Welding", 5, None, SkillSource.IMPORT)]
    assert (done.state, done.content, done.counts) == (
        ImportState.DONE,
        "",
        {"new": 2, "changed": 1, "unchanged": 0},
    )


def test_import_twice_changes_nothing_the_second_time(upload):
    text = "Ann,ann@acme.example,Operations > Line 1,Berlin,Welding:4,erin@acme.example,de,\n"
    do(upload(text))

    again = upload(text)

    assert importing.plan_of(again).changes_nothing
    with pytest.raises(import_writing.NothingToImport):
        do(again)


def test_import_keeps_the_history_of_departments(upload, in_acme):
    do(upload("Alice,alice@acme.example,Sales,,,,,\nAnn,ann@acme.example,Sales,,,,,\n"))

    found = DepartmentStay.objects.order_by("member__name").values_list("member__name", "department__name", "until")
    assert list(found) == [("Alice", "Sales", None), ("Ann", "Sales", None)]


def test_import_does_not_lower_a_confirmed_skill_and_keeps_a_higher_claim(upload, in_acme):
    skills.state_skill(in_acme.ed, in_acme.welding, 5)
    do(upload("Alice,alice@acme.example,,,Welding:2,,,\nEd,ed@acme.example,,,Welding:3,,,\n"))

    assert held(in_acme.alice) == [("Welding", 4, None, SkillSource.IMPORT)]
    assert held(in_acme.ed) == [("Welding", 3, 5, SkillSource.IMPORT)]


def test_import_records_one_event_for_each_member(upload, in_acme):
    do(upload("Ann,ann@acme.example,,,Welding:2,,,\nAlice B,alice@acme.example,,,,,,\nBo,bo@acme.example,,,,,,\n"))

    def about(verb):
        return sorted(Event.objects.filter(verb=verb).values_list("member__name", flat=True))

    assert about(Verb.MEMBER_CHANGED) == ["Alice B", "Ann", "Bo"]
    assert about(Verb.MEMBER_SKILLS_CHANGED) == ["Ann"]
    assert about(Verb.MEMBER_INVITED) == []


def test_import_invites_new_members_when_asked(upload, in_acme):
    do(upload("Ann,ann@acme.example,,,,,,\nAlice,alice@acme.example,Sales,,,,,\n"), invite=True)

    invited = Event.objects.get(verb=Verb.MEMBER_INVITED)
    assert invited.member.name == "Ann"
    assert OutboxRow.objects.filter(event=invited, consumer="invitation_mail").exists()


def test_one_bad_row_stops_the_whole_import(upload, in_acme):
    bad = upload("Ann,ann@acme.example,New place,,,,,\nBo,bo@acme.example,,,,nobody@acme.example,,\n")

    with pytest.raises(import_writing.HasProblems):
        do(bad)

    assert [(p.line, p.column) for p in importing.plan_of(bad).problems] == [(3, "manager")]
    assert not Member.objects.filter(email="ann@acme.example").exists()
    assert not Department.objects.filter(name="New place").exists()


def test_manager_of_another_organization_is_unknown(upload, in_acme):
    plan = importing.plan_of(upload("Ann,ann@acme.example,,,,mallory@globex.example,,\n"))

    assert [(p.line, p.column) for p in plan.problems] == [(2, "manager")]


def test_deactivated_member_in_the_file_is_a_problem(upload, in_acme):
    Member.objects.filter(pk=in_acme.alice.pk).update(is_active=False)

    plan = importing.plan_of(upload("Alice,alice@acme.example,,,,,,\n"))

    assert [(p.line, p.column) for p in plan.problems] == [(2, "email")]


def test_directory_that_changed_since_the_preview_stops_the_import(upload, in_acme):
    late = upload("Alice B,alice@acme.example,,,,,,\n")
    Member.objects.filter(pk=in_acme.alice.pk).update(name="Alicia")
    confirm(late, late.digest)

    with pytest.raises(importing.Outdated):
        importing.run_import(late)

    assert Member.objects.get(pk=in_acme.alice.pk).name == "Alicia"


def test_import_is_done_once(upload):
    once = upload("Ann,ann@acme.example,,,,,,\n")
    do(once)

    with pytest.raises(importing.NotOpen):
        importing.run_import(once)
    with pytest.raises(importing.NotOpen):
        confirm(once, once.digest)
    with pytest.raises(importing.NotOpen):
        importing.discard_import(once, actor=once.uploaded_by)


def test_discarded_import_keeps_no_file(upload):
    unwanted = upload("Ann,ann@acme.example,,,,,,\n")

    importing.discard_import(unwanted, actor=unwanted.uploaded_by)

    unwanted.refresh_from_db()
    assert (unwanted.state, unwanted.content) == (ImportState.DISCARDED, "")
    assert Event.objects.get(verb=Verb.MEMBER_IMPORT_DISCARDED).data == {"import": unwanted.pk}


def test_number_of_statements_does_not_grow_with_the_file(upload):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements(count: int, start: int) -> int:
        lines = "".join(
            f"P{i},p{i}@acme.example,Sales,Berlin,Welding:3,erin@acme.example,,\n" for i in range(start, start + count)
        )
        made = upload(lines)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            do(made)
        return len(captured)

    statements(1, 0)
    assert statements(40, 100) == statements(2, 10)


def test_names_that_differ_only_in_case_are_the_same_place(upload, in_acme):
    factories.skill("Sewing")
    do(upload("Ann,ann@acme.example,OPERATIONS > assembly,berlin,SEWING:2,,,\nBo,bo@acme.example,,BERLIN,,,,\n"))

    assert Department.objects.count() == 3
    assert [location.name for location in Location.objects.all()] == ["berlin"]
    assert Skill.objects.count() == 2


def test_worker_does_a_confirmed_import(upload, in_acme):
    waiting = upload("Ann,ann@acme.example,,,,,,\n")
    confirm(waiting, waiting.digest)

    run_consumers()

    assert importing.progress_of(waiting) == 100
    waiting.refresh_from_db()
    assert waiting.state == ImportState.DONE
    assert Member.objects.filter(email="ann@acme.example").exists()


def test_worker_says_on_the_import_why_it_was_not_done(upload, in_acme):
    late = upload("Alice B,alice@acme.example,,,,,,\n")
    confirm(late, late.digest)
    Member.objects.filter(pk=in_acme.alice.pk).update(name="Alicia")

    run_consumers()

    late.refresh_from_db()
    assert late.state == ImportState.FAILED
    assert "changed since the preview" in late.error
    importing.reopen_import(late, actor=in_acme.erin)
    run_consumers()
    late.refresh_from_db()
    assert (late.state, late.error) == (ImportState.PREVIEW, "")
    assert late.preview["changed"][0]["differences"] == [{"label": "Name", "old": "Alicia", "new": "Alice B"}]


def test_worker_reads_an_uploaded_file(in_acme):
    text = "Ann,ann@acme.example,Operations > Line 1,Berlin,Brazing:2,,,\nAlice B,alice@acme.example,,,,,,\n"
    waiting = importing.upload_members("people.csv", (HEAD + text).encode(), actor=in_acme.erin)
    before = (waiting.state, waiting.preview, importing.progress_of(waiting))

    run_consumers()

    waiting.refresh_from_db()
    assert before == (ImportState.READING, {}, 0)
    assert waiting.state == ImportState.PREVIEW
    assert waiting.preview == {
        "counts": {"problems": 0, "new": 1, "changed": 1, "unchanged": 0},
        "new": [
            {
                "name": "Ann",
                "email": "ann@acme.example",
                "department": ["Operations", "Line 1"],
                "location": "Berlin",
            }
        ],
        "changed": [
            {
                "name": "Alice B",
                "email": "alice@acme.example",
                "differences": [{"label": "Name", "old": "Alice", "new": "Alice B"}],
            }
        ],
        "departments": ["Operations › Line 1"],
        "locations": ["Berlin"],
        "skills": ["Brazing"],
    }


def test_preview_keeps_the_first_rows_of_each_kind(upload, monkeypatch):
    monkeypatch.setattr("crowdhub.people.domain.import_preview.SHOWN", 2)

    made = upload("".join(f"P{n},p{n}@acme.example,D{n},,,,,\n" for n in range(5)) + "Bad,bad,,,,,,\n" * 3)

    assert made.preview["counts"] == {"problems": 3, "new": 5, "changed": 0, "unchanged": 0}
    assert {kind: len(made.preview[kind]) for kind in ("new", "departments")} == {"new": 2, "departments": 2}


def test_every_problem_is_kept_until_the_file_is_read_again_or_discarded(upload, in_acme):
    made = upload("Bad,bad,,,,,,\n" * 250 + "Bo,bo@acme.example,,,Welding:9,gone@acme.example,,\n")
    kept = problems(made)

    importing.reopen_import(made, actor=in_acme.erin)
    reopened = problems(made)
    run_consumers()
    again = problems(made)
    importing.discard_import(made, actor=in_acme.erin)

    assert kept == [*((line, "email", "“bad” is not an e-mail address.") for line in range(2, 252)), kept[-1]]
    assert kept[-1][:2] == (252, "skills")
    assert reopened == []
    assert again == kept
    assert problems(made) == []


def test_reading_tells_how_far_it_is(monkeypatch):
    monkeypatch.setattr("crowdhub.people.domain.import_file.TELL_EVERY", 2)
    told = []

    import_file.read_members("name,email\n" + "".join(f"P,p{n}@x.example\n" for n in range(7)), progress=told.append)

    assert told == [22, 44, 66, 88]


def test_file_discarded_while_it_is_read_stays_discarded(in_acme):
    unwanted = importing.upload_members("people.csv", (HEAD + "Ann,a@x.example,,,,,,\n").encode(), actor=in_acme.erin)
    importing.discard_import(unwanted, actor=unwanted.uploaded_by)

    run_consumers()

    unwanted.refresh_from_db()
    assert (unwanted.state, unwanted.content, unwanted.preview) == (ImportState.DISCARDED, "", {})


def test_file_with_too_many_rows_says_so_on_its_page(in_acme, monkeypatch):
    monkeypatch.setattr("crowdhub.people.domain.import_file.MOST_ROWS", 1)
    text = "Ann,ann@acme.example,,,,,,\nBo,bo@acme.example,,,,,,\n"
    large = importing.upload_members("people.csv", (HEAD + text).encode(), actor=in_acme.erin)

    run_consumers()

    large.refresh_from_db()
    assert large.state == ImportState.FAILED
    assert "more than 100,000 rows" in large.error


def test_preview_that_is_not_the_last_one_is_not_confirmed(upload):
    seen = upload("Ann,ann@acme.example,,,,,,\n")

    with pytest.raises(importing.Outdated):
        confirm(seen, "0" * 64)

    seen.refresh_from_db()
    assert seen.state == ImportState.PREVIEW


def test_import_confirmed_in_german_is_done_by_a_worker_that_speaks_english(in_acme, upload):
    Member.objects.filter(pk=in_acme.erin.pk).update(language="de")
    skills.state_skill(in_acme.ed, in_acme.welding, 2)
    german = upload("Alice B,alice@acme.example,Sales,,,,,\nEd,ed@acme.example,,,Welding:3,,,\n")
    confirm(german, german.digest)

    run_consumers()

    german.refresh_from_db()
    assert german.state == ImportState.DONE


def test_mass_import_has_the_tables_counted(upload, in_acme, monkeypatch):
    from django.db import connection

    monkeypatch.setattr(import_writing, "ANALYZE_FROM", 300)
    do(upload("".join(f"P{n},p{n}@acme.example,Sales,,Welding:3,,,\n" for n in range(300))))

    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, reltuples >= 300 FROM pg_class WHERE relname = ANY(%s) ORDER BY 1", [COUNTED])
        assert dict(cursor.fetchall()) == dict.fromkeys(COUNTED, True)
