"""What pictures tell, and what of it is passed on."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdhub.common.pictures import size_of_picture, without_traces
from tests.harness import uploads
from tests.harness.uploads import PLACE

EXTENDED = b"VP8X" + struct.pack("<I", 10) + bytes([0b1100, 0, 0, 0, 7, 0, 0, 3, 0, 0])


def webp(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (uploads.png(3, 4), (3, 4)),
        (uploads.jpeg(), (16, 8)),
        (uploads.GIF, (1, 1)),
        (uploads.WEBP, (1, 1)),
        (webp(EXTENDED), (8, 4)),
        (webp(webp_chunk(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 20, 10))), (20, 10)),
    ],
)
def test_size(content, size):
    picture = size_of_picture(content)

    assert picture is not None
    assert (picture.width, picture.height) == size


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"<!doctype html><script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n<html>",
        b"\xff\xd8\xff<html>",
        b"\xff\xd8\xff\xda\x00\x04\x00\x00",
        b"RIFF\x10\x00\x00\x00WEBPVP9 \x00\x00\x00\x00",
        b"RIFF\xff\xff\xff\x00WEBPVP8X",
        uploads.png(3, 2)[:-6],
        uploads.png(3, 2)[:8] + uploads.png(3, 2)[-12:],  # an end without a beginning
    ],
)
def test_anything_else_is_no_picture(content):
    assert size_of_picture(content) is None


@given(st.sampled_from([uploads.png(3, 4), uploads.jpeg(), uploads.GIF, uploads.WEBP]), st.integers(0, 80), st.binary())
def test_half_a_file_is_read_or_refused_and_nothing_else(content, length, rest):
    picture = size_of_picture(content[:length] + rest)

    assert picture is None or (picture.width > 0 and picture.height > 0)


def test_png_loses_its_texts_and_what_follows_its_end():
    told = uploads.png(2, 2, uploads.chunk(b"tEXt", b"Comment\0" + PLACE), uploads.chunk(b"eXIf", PLACE))

    assert without_traces(told + b"PK and more") == uploads.png(2, 2)


@pytest.mark.parametrize("orientation", [1, 6])
def test_jpeg_loses_the_place_and_stays_upright(orientation):
    clean = without_traces(uploads.jpeg(orientation=orientation, place=PLACE))

    assert PLACE not in clean
    assert (b"Exif" in clean) is (orientation != 1)
    assert without_traces(clean) == clean
    assert size_of_picture(clean) == size_of_picture(uploads.jpeg())
    assert clean.endswith(b"data\xff\xd9")


@pytest.mark.parametrize("appended", [b"\0\0\0\x18ftypmp42" + PLACE, uploads.jpeg(place=PLACE), b""])
def test_jpeg_loses_what_a_phone_has_appended(appended):
    photo = uploads.jpeg()
    listed = photo[:2] + uploads.segment(0xE2, b"MPF\0offsets") + photo[2:]

    assert without_traces(listed + appended) == without_traces(photo)


def test_jpeg_keeps_all_its_scans():
    photo = uploads.jpeg(place=PLACE)
    scan = uploads.segment(0xDA, b"\1\1\0\0\x3f\0") + b"more\xff\x00data\xff\xd0\xff\xff"
    progressive = photo[:-2] + uploads.segment(0xC4, b"table") + scan + b"\xff\xd9"

    clean = without_traces(progressive)

    assert clean.endswith(photo[photo.index(b"\xff\xda") : -2] + uploads.segment(0xC4, b"table") + scan + b"\xff\xd9")
    assert PLACE not in clean


def test_jpeg_that_was_cut_off_loses_the_place_all_the_same():
    assert PLACE not in without_traces(uploads.jpeg(place=PLACE)[:-4])


def test_webp_loses_the_place_and_says_so():
    told = webp(
        EXTENDED, webp_chunk(b"VP8L", uploads.WEBP[20:33]), webp_chunk(b"EXIF", PLACE), webp_chunk(b"XMP ", PLACE)
    )

    clean = without_traces(told)

    assert PLACE not in clean
    assert clean[20] == 0
    assert struct.unpack_from("<I", clean, 4)[0] == len(clean) - 8


@pytest.mark.parametrize("content", [b"", b"words", uploads.PDF, uploads.png()[:40], b"\xff\xd8\xff\xe1\xff\xff"])
def test_what_is_no_whole_picture_stays_as_it_is(content):
    assert without_traces(content) == content
