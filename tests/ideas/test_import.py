"""Importing ideas and comments from files of elsewhere."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from challenges.models import Challenge
from crowdhub.activity.models import Event
from crowdhub.people.enums import Role
from crowdhub.people.models import Member
from ideas.imports.mapping import MappingError, read_mapping
from ideas.models import Comment, Contributor, Idea
from tests import factories

MAPPING = Path(__file__).resolve().parent.parent.parent / "docs" / "examples" / "decide-madrid-mapping.csv"
SAMPLE = os.environ.get("CROWDHUB_SAMPLE_DATA", "")
needs_sample_data = pytest.mark.skipif(
    not SAMPLE, reason="CROWDHUB_SAMPLE_DATA does not name a folder with decide-madrid: REAL DATA WAS NOT IMPORTED"
)

PROPOSALS = """,id,title,userId,date,summary,text
0,7,Clean streets,11,2015-09-15,Basic.,"More
bins."
1,9,Trees,12,2015-09-16,Plant **more**.,
"""
COMMENTS = """,id,parentId,proposalId,userId,date,time,text
0,100,-1,7,12,2015-09-15,0 days 10:50:19,Agreed.
1,102,101,7,11,2015-09-15,0 days 12:00:00,"Below, twice."
2,101,100,7,13,2015-09-15,0 days 11:07:10,Below.
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "proposals.csv").write_text(PROPOSALS, encoding="utf-8")
    (tmp_path / "comments.csv").write_text(COMMENTS, encoding="utf-8")
    return tmp_path


def run(folder: Path, *options: str, mapping: Path = MAPPING) -> tuple[str, str]:
    """Run the command in acme; return what it printed and what it reported as bad."""
    out, err = StringIO(), StringIO()
    arguments = [f"--{name}={folder / name}.csv" for name in ("proposals", "comments")]
    try:
        call_command("import_ideas", "acme", f"--mapping={mapping}", *arguments, *options, stdout=out, stderr=err)
    except CommandError as error:
        err.write(f"{error}\n")
    return out.getvalue(), err.getvalue()


def manager(cast) -> Member:
    """Return another challenge manager than Carol."""
    otto = factories.member("Otto", department=cast.sales)
    factories.grant(otto, Role.MANAGER)
    return otto


def test_import_makes_a_challenge_with_ideas_threads_and_authors(in_acme, folder):
    told, bad = run(folder)

    assert bad == ""
    assert "2 ideas, 3 comments and 3 authors added; 0 bad rows left out." in told
    idea = Idea.objects.get(title="Clean streets")
    assert idea.body == "Basic.\n\nMore\nbins."
    assert idea.submitted_at.isoformat() == "2015-09-14T22:00:00+00:00"
    assert idea.contributors.get().member.name == "Madrid 11"
    assert {(one.body, one.parent and one.parent.body) for one in Comment.objects.all()} == {
        ("Agreed.", None),
        ("Below.", "Agreed."),
        ("Below, twice.", "Below."),
    }
    assert Comment.objects.get(body="Agreed.").created_at.isoformat() == "2015-09-15T08:50:19+00:00"
    assert Challenge.objects.get().managers.get().member == in_acme.carol
    assert not Event.objects.exists()


def test_imported_authors_cannot_sign_in(in_acme, folder):
    run(folder)

    for author in Member.objects.filter(email__endswith="@import.invalid"):
        assert not author.is_active
        assert not author.has_usable_password()


def test_importing_again_adds_only_what_is_new(in_acme, folder):
    run(folder)
    more = COMMENTS + "3,103,102,7,11,2015-09-16,0 days 09:00:00,New.\n"
    (folder / "comments.csv").write_text(more, encoding="utf-8")

    told, _bad = run(folder)

    assert "0 ideas, 1 comments and 0 authors added" in told
    assert (Challenge.objects.count(), Idea.objects.count(), Comment.objects.count()) == (1, 2, 4)
    assert Comment.objects.get(body="New.").parent.body == "Below, twice."


@pytest.mark.parametrize("state", ["draft", "launched"])
def test_challenge_with_the_same_title_is_left_alone(in_acme, folder, state):
    title = "Decide Madrid: proposals of the city's people"
    foreign = factories.challenge(in_acme.carol, title=title, state=state)
    with_manager = f"--manager={manager(in_acme).email}"

    told, bad = run(folder, with_manager)
    again, _bad = run(folder, with_manager)

    made = Challenge.objects.exclude(pk=foreign.pk).get()
    assert (made.title, made.ideas.count(), foreign.ideas.count()) == (title, 2, 0)
    assert [one.member.name for one in made.managers.all()] == ["Otto"]
    assert bad == ""
    assert f"{title} (a new challenge): 2 ideas" in told
    assert f"{title} (the challenge of an earlier import): 0 ideas, 0 comments and 0 authors added" in again


def test_challenge_of_an_earlier_import_is_found_under_another_title_and_keeps_its_managers(in_acme, folder):
    run(folder)
    Challenge.objects.update(title="Madrid decides", client_uuid=None)  # as it was before challenges were marked
    (folder / "proposals.csv").write_text(PROPOSALS + "2,10,Benches,11,2015-09-17,More.,\n", encoding="utf-8")

    told, bad = run(folder, f"--manager={manager(in_acme).email}")

    challenge = Challenge.objects.get()
    assert "Madrid decides (the challenge of an earlier import): 1 ideas" in told
    assert challenge.ideas.count() == 3
    assert [one.member.name for one in challenge.managers.all()] == ["Carol"]
    assert "was not made a manager" in bad


def test_two_sources_with_one_title_are_two_challenges(in_acme, folder):
    other = folder / "mapping.csv"
    other.write_text(MAPPING.read_text(encoding="utf-8").replace("value=decide-madrid", "value=x"), encoding="utf-8")

    run(folder)
    run(folder, mapping=other)

    assert [challenge.ideas.count() for challenge in Challenge.objects.all()] == [2, 2]


BAD_COMMENTS = COMMENTS + (
    "3,104,-1,7,11,2015-09-16,0 days 09:00:00, \n"
    '4,105,104,7,11,2015-09-16,0 days 09:00:00,"Two\nlines."\n'
    "5,106,-1,8,11,2015-09-16,0 days 09:00:00,Nowhere.\n"
    "6,107,-1,7,11,yesterday,0 days 09:00:00,When?\n"
    "7,100,-1,7,11,2015-09-16,0 days 09:00:00,Twice.\n"
    "8,108,100,9,11,2015-09-16,0 days 09:00:00,Crossed.\n"
    f"9,109,-1,7,11,2015-09-16,0 days 09:00:00,{'x' * 5001}\n"
    "10,110,111,7,11,2015-09-16,0 days 09:00:00,Circle.\n"
    "11,111,110,7,11,2015-09-16,0 days 09:00:00,Circle.\n"
    "12,112\n"
)
BAD_LINES = [5, 6, 8, 9, 10, 11, 12, 13, 14, 15]


def test_every_bad_row_is_told_with_its_line_and_nothing_is_imported(in_acme, folder):
    (folder / "comments.csv").write_text(BAD_COMMENTS, encoding="utf-8")

    told, bad = run(folder)

    lines = [int(line.split("line ")[1].split(":")[0]) for line in bad.splitlines() if line.startswith("comments")]
    assert lines == BAD_LINES
    assert "Nothing was imported: 10 bad rows." in bad
    assert told == ""
    assert not Challenge.objects.exists()
    assert not Idea.objects.exists()


def test_skip_bad_imports_the_others(in_acme, folder):
    (folder / "comments.csv").write_text(BAD_COMMENTS, encoding="utf-8")

    told, bad = run(folder, "--skip-bad")

    assert "2 ideas, 3 comments and 3 authors added; 10 bad rows left out." in told
    assert len(bad.splitlines()) == 10


def test_comments_of_a_bad_proposal_are_bad_too(in_acme, folder):
    (folder / "proposals.csv").write_text(PROPOSALS.replace("Clean streets", "x" * 141), encoding="utf-8")

    _told, bad = run(folder)

    assert "proposals, line 2: title has 141 characters, at most 140 are possible" in bad
    assert bad.count("belongs to proposal 7") == 3


def test_file_without_a_column_is_refused(in_acme, folder):
    (folder / "comments.csv").write_text("id,text\n1,Hello.\n", encoding="utf-8")

    _told, bad = run(folder)

    assert "comments, line 1: missing columns: date, parentId, proposalId, time, userId" in bad


def test_file_in_another_encoding_is_refused_with_its_line(in_acme, folder):
    (folder / "comments.csv").write_bytes(COMMENTS.encode() + "3,104,-1,7,11,2015-09-16,x,Español\n".encode("latin-1"))

    _told, bad = run(folder)

    assert "comments.csv, line 5: this is not UTF-8." in bad


def test_file_that_is_not_there_is_told(in_acme, folder):
    (folder / "comments.csv").unlink()

    assert "comments.csv cannot be read: No such file or directory" in run(folder)[1]


def test_unknown_organization_is_told(in_acme, folder):
    with pytest.raises(CommandError, match="There is no organization 'nowhere'"):
        call_command("import_ideas", "nowhere", f"--mapping={MAPPING}", "--proposals=a", "--comments=b")


def test_nothing_reaches_another_organization(in_acme, folder):
    run(folder)

    assert set(Idea.objects.values_list("organization_id", flat=True)) == {in_acme.acme.pk}
    assert set(Contributor.objects.values_list("organization_id", flat=True)) == {in_acme.acme.pk}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("proposals,colour,x,", "Line 2: there is no target “colour” for “proposals”."),
        ("proposals,id,x,shout=1", "Line 2: there is no option “shout”."),
        ("proposals,id,,", "Line 2: name a column, or give a value."),
        ("proposals,id,x,", "The mapping says nothing about “source” of “challenge”."),
    ],
)
def test_mapping_that_cannot_be_used_is_told_with_its_line(line, message):
    with pytest.raises(MappingError) as error:
        read_mapping(["file,target,source,options\n", f"{line}\n"])

    assert str(error.value) == message


@needs_sample_data
def test_decide_madrid_is_imported_and_its_pages_work(in_acme, as_member):
    folder = Path(SAMPLE) / "decide-madrid"

    refused, reported = run(folder)
    nothing = Idea.objects.count()
    told, bad = run(folder, "--skip-bad")
    again, _bad = run(folder, "--skip-bad")

    assert (refused, nothing) == ("", 0)
    problems = [line for line in bad.splitlines() if ", line " in line]
    assert Idea.objects.count() == 80
    assert Comment.objects.count() == 5633 - len(problems)
    assert f"Nothing was imported: {len(problems)} bad rows." in reported
    assert "80 ideas" in told
    assert "0 ideas, 0 comments and 0 authors added" in again
    browser = as_member(in_acme.ed)
    for idea in Idea.objects.all():
        page = browser.get(reverse("ideas:detail", args=[idea.public_id]))
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
    assert browser.get(reverse("pages:challenge", args=[Challenge.objects.get().public_id])).status_code == 200
