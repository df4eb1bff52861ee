"""Reading a CSV of members: every bad row is reported with its line."""

from __future__ import annotations

import pytest

from crowdhub.people.domain import import_file
from crowdhub.people.domain.import_file import Row, decode, read_members

HEAD = "name,email,department,location,skills,manager,language,kind\n"


def problems(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.column) for problem in read_members(HEAD + text).problems]


def test_a_full_row():
    found = read_members(
        HEAD + "Ann Lee,Ann@Acme.example,Operations > Assembly,Berlin,Welding:4; PLC : 3,bo@acme.example,DE,guest\n"
    )

    assert found.problems == []
    assert found.rows == [
        Row(
            line=2,
            name="Ann Lee",
            email="ann@acme.example",
            department=("Operations", "Assembly"),
            location="Berlin",
            skills=(("Welding", 4), ("PLC", 3)),
            manager="bo@acme.example",
            language="de",
            kind="guest",
        )
    ]


def test_what_is_empty_is_not_said():
    found = read_members(HEAD + "Ann,ann@acme.example,,,,,,\n")

    assert found.rows == [Row(line=2, name="Ann", email="ann@acme.example")]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_semicolons_part_columns_when_the_first_line_has_them(line_end):
    text = line_end.join(["Name;EMAIL;Skills", 'Ann;ann@acme.example;"Welding:4; Sewing:2"', ""])

    assert read_members(text).rows[0].skills == (("Welding", 4), ("Sewing", 2))


def test_lines_are_counted_through_quoted_cells_and_empty_lines():
    text = '"Ann\nLee",ann@acme.example,,,,,,\n\nBo,nonsense,,,,,,\n'

    assert problems(text) == [(5, "email")]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",ann@acme.example,,,,,,", "name"),
        ("Ann,,,,,,,", "email"),
        ("Ann,ann.acme,,,,,,", "email"),
        ("Ann,ann@acme.example,Operations > ,,,,,", "department"),
        (f"Ann,ann@acme.example,{'>'.join('abcdefghijklm')},,,,,", "department"),
        ("Ann,ann@acme.example,,,Welding:0,,,", "skills"),
        ("Ann,ann@acme.example,,,Welding:6,,,", "skills"),
        ("Ann,ann@acme.example,,,Welding,,,", "skills"),
        ("Ann,ann@acme.example,,,Welding:3;welding:4,,,", "skills"),
        ("Ann,ann@acme.example,,,,boss,,", "manager"),
        ("Ann,ann@acme.example,,,,ann@acme.example,,", "manager"),
        ("Ann,ann@acme.example,,,,,fr,", "language"),
        ("Ann,ann@acme.example,,,,,,robot", "kind"),
        (f"{'A' * 121},ann@acme.example,,,,,,", "name"),
        (f"Ann,ann@acme.example,,{'B' * 121},,,,", "location"),
        (f"Ann,ann@acme.example,,,{'C' * 121}:3,,,", "skills"),
        ("Ann,ann@acme.example", ""),
        ("Ann,ann@acme.example,,,,,,,,", ""),
    ],
)
def test_a_bad_row_is_reported_with_line_and_column(row, column):
    assert problems("Bo,bo@acme.example,,,,,,\n" + row + "\n") == [(3, column)]


def test_an_address_that_is_there_twice_names_the_first_line():
    found = read_members(HEAD + "Ann,ann@acme.example,,,,,,\nAnna,ANN@acme.example,,,,,,\n")

    assert [(problem.line, problem.message) for problem in found.problems] == [
        (3, "This address is already in line 2.")
    ]
    assert len(found.rows) == 1


def test_every_problem_of_every_row_is_reported():
    assert problems(",x,,,,,,\nAnn,ann@acme.example,,,Welding:9,,xx,\n") == [
        (2, "name"),
        (2, "email"),
        (3, "skills"),
        (3, "language"),
    ]


def test_a_quote_that_never_closes_is_reported():
    assert problems('Bo,bo@acme.example,,,,,,\n"Ann,ann@acme.example,,,,,,\n')


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", import_file.EmptyFile),
        (b"  \n\n", import_file.EmptyFile),
        ("name,email\nJürgen,j@acme.example\n".encode("latin-1"), import_file.NotUtf8),
        ("name,email\nAnn,ann@acme.example\n".encode("utf-16"), import_file.NotUtf8),
        (b"name,email\nAnn\0,ann@acme.example\n", import_file.NotUtf8),
        (b"x" * (import_file.LARGEST_FILE + 1), import_file.FileTooLarge),
    ],
)
def test_a_file_that_cannot_be_decoded_is_refused(content, error):
    with pytest.raises(error):
        decode(content)


def test_a_mark_at_the_beginning_is_no_part_of_the_first_column():
    text = decode("name,email\nJürgen,j@acme.example\n".encode("utf-8-sig"))

    assert read_members(text).rows[0].name == "Jürgen"


@pytest.mark.parametrize(
    "head", ["name\n", "Ann,ann@acme.example\n", "name,email,salary\n", "name,email,name\n", "name,email,\n"]
)
def test_a_first_line_that_does_not_name_the_columns_is_refused(head):
    with pytest.raises(import_file.WrongColumns):
        read_members(head + "Ann,ann@acme.example,\n")


def test_a_file_without_rows_is_refused():
    with pytest.raises(import_file.EmptyFile):
        read_members("name,email\n")


@pytest.mark.parametrize("row", ["B,b@acme.example", "B,nonsense", "B"])
def test_too_many_rows_are_refused_be_they_good_or_bad(monkeypatch, row):
    monkeypatch.setattr(import_file, "MOST_ROWS", 1)

    with pytest.raises(import_file.TooManyRows):
        read_members(f"name,email\nA,a@acme.example\n{row}\n")
