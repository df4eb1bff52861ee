"""What pictures tell, and what of it is passed on."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdhub.common.pictures import BrokenPicture, begins_like_picture, size_of_picture, without_traces
from tests.harness import uploads
from tests.harness.uploads import PLACE

EXTENDED = b"VP8X" + struct.pack("<I", 10) + bytes([0b1100, 0, 0, 0, 7, 0, 0, 3, 0, 0])


def webp(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


# What pictures may be made of, as `parts_of` calls it.
PARTS = {
    *(b"IHDR", b"IDAT", b"IEND", b"PLTE"),
    *(b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"),
    *("head", "control", "image", "end"),
    *(0xC0, 0xDA, 0xD9, "jfif", "orientation"),
}


def parts_of(content):
    """Yield what each part of a picture is, one after the other without a gap, by a reader that forgives nothing."""
    if content[:2] == b"\xff\xd8":
        return parts_of_jpeg(content)
    if content[:3] == b"GIF":
        return parts_of_gif(content)
    return parts_of_chunks(content)


def parts_of_chunks(content):
    order, place, more = (">I", 8, 12) if content[0] == 0x89 else ("<I", 12, 8)
    while place < len(content):
        (length,) = struct.unpack_from(order, content, place + (0 if order == ">I" else 4))
        yield content[place + 4 : place + 8] if order == ">I" else content[place : place + 4]
        place += more + length + (length % 2 if order == "<I" else 0)
    assert place == len(content)


def parts_of_jpeg(content):
    place = 2
    while place < len(content):
        assert content[place] == 0xFF
        marker = content[place + 1]
        if marker == 0xD9:
            assert place + 2 == len(content)
            yield marker
            return
        (length,) = struct.unpack_from(">H", content, place + 2)
        data = content[place + 4 : place + 2 + length]
        place += 2 + length
        is_turned = marker == 0xE1 and len(data) == 32 and data.startswith(b"Exif\0\0MM")
        is_jfif = marker == 0xE0 and len(data) <= 14 and data.startswith(b"JFIF\0")
        yield "orientation" if is_turned else "jfif" if is_jfif else marker
        if marker == 0xDA:
            while content[place] != 0xFF or content[place + 1] in {0, 0xFF, *range(0xD0, 0xD8)}:
                place += 1
    pytest.fail("It has no end.")


def parts_of_gif(content):
    def table(packed):
        return 3 * 2 ** (packed % 8 + 1) if packed & 0x80 else 0

    place = 13 + table(content[10])
    yield "head"
    while content[place] != 0x3B:
        if content[place] == 0x2C:
            yield "image"
            place += 11 + table(content[place + 9])
        else:
            assert content[place] == 0x21
            yield "control" if content[place + 1] == 0xF9 else content[place + 1]
            place += 2
        while content[place]:
            place += 1 + content[place]
        place += 1
    assert place + 1 == len(content)
    yield "end"


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (uploads.png(3, 4), (3, 4)),
        (uploads.jpeg(), (16, 8)),
        (uploads.GIF, (1, 1)),
        (uploads.WEBP, (1, 1)),
        (webp(EXTENDED, webp_chunk(b"VP8L", uploads.WEBP[20:33])), (8, 4)),
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


def test_webp_loses_the_place_within_its_frames():
    frame = webp_chunk(b"ANMF", b"\0" * 16 + webp_chunk(b"VP8L", uploads.WEBP[20:33]) + webp_chunk(b"note", PLACE))

    clean = without_traces(webp(EXTENDED, webp_chunk(b"ANIM", b"\0" * 6), frame))

    assert PLACE not in clean
    assert b"VP8L" in clean


@pytest.mark.parametrize("appended", [b"\0", PLACE])
def test_webp_is_read_as_far_as_it_says(appended):
    told = webp(EXTENDED, webp_chunk(b"VP8L", uploads.WEBP[20:33]), webp_chunk(b"EXIF", PLACE))

    assert without_traces(told + appended) == without_traces(told)


def test_webp_whose_last_chunk_is_not_padded_loses_the_place():
    assert len(PLACE) % 2
    whole = webp(EXTENDED, webp_chunk(b"VP8L", uploads.WEBP[20:33]), webp_chunk(b"EXIF", PLACE))

    clean = without_traces(b"RIFF" + struct.pack("<I", len(whole) - 9) + whole[8:-1])

    assert PLACE not in clean


def test_gif_loses_its_words_and_keeps_how_often_it_moves():
    repeats = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
    words = b"\x21\xfe" + bytes([len(PLACE)]) + PLACE + b"\0"
    # As programs write it: not in blocks, but ended by bytes that lead whoever takes them for lengths to the end.
    xmp = b"\x21\xff\x0bXMP DataXMP<x>" + PLACE + b"</x>\x01" + bytes(range(255, -1, -1)) + b"\0"
    head, rest = uploads.GIF[:19], uploads.GIF[19:]

    assert without_traces(head + repeats + words + xmp + rest + PLACE) == head + repeats + rest


def test_gif_that_lacks_its_last_byte_is_forgiven():
    assert without_traces(uploads.GIF[:-1]) == uploads.GIF


@pytest.mark.parametrize("stray", [b"xx", b"\0", b"\xff\0", b"\xff\x01", b"\xff\xd3x"])
def test_jpeg_with_stray_bytes_between_its_segments_loses_the_place(stray):
    told = uploads.jpeg(place=PLACE)
    for place in (told.index(b"\xff\xe1"), told.index(b"\xff\xfe"), told.index(b"\xff\xc0"), told.index(b"\xff\xda")):
        assert without_traces(told[:place] + stray + told[place:]) == without_traces(told)


def test_jpeg_keeps_its_colours_and_no_notes_of_programs():
    shown = [uploads.segment(0xE2, b"ICC_PROFILE\0\1\1..."), uploads.segment(0xEE, b"Adobe\0\x64\0\0\0\0\1")]
    notes = [uploads.segment(marker, b"note\0" + PLACE) for marker in (0xE0, 0xE2, 0xE3, 0xEB, 0xED, 0xEE, 0xEF, 0xF0)]
    photo = uploads.jpeg()

    clean = without_traces(photo[:2] + b"".join(notes + shown) + photo[2:])

    assert PLACE not in clean
    assert all(segment in clean for segment in shown)


BROKEN = [
    uploads.png()[:33] + uploads.chunk(b"IEND", b""),
    webp(EXTENDED),
    uploads.png()[:40],
    b"\xff\xd8\xff\xe1\xff\xff",
    b"\xff\xd8\xff\xd8" + uploads.jpeg()[2:],  # a picture in the picture
    uploads.jpeg()[: uploads.jpeg().index(b"\xff\xda")] + b"\xff\xd9",  # no image
    uploads.png(2, 2, uploads.chunk(b"CgBI", b"")),  # what only its maker can show
    uploads.GIF[:-6],
    uploads.GIF[:30] + b"x" + uploads.GIF[30:],
    uploads.WEBP[:-2],
    webp(EXTENDED + b"EXIF\xff\0\0\0"),
]


@pytest.mark.parametrize("content", BROKEN)
def test_picture_that_cannot_be_followed_to_its_end_is_none(content):
    assert begins_like_picture(content)
    assert size_of_picture(content) is None
    with pytest.raises(BrokenPicture):
        without_traces(content)


@pytest.mark.parametrize("content", [b"", b"words", uploads.PDF])
def test_anything_else_has_nothing_to_lose(content):
    assert not begins_like_picture(content)
    with pytest.raises(BrokenPicture):
        without_traces(content)


TOLD = [
    uploads.png(3, 4, uploads.chunk(b"tEXt", PLACE), uploads.chunk(b"eXIf", PLACE), uploads.chunk(b"prIV", PLACE)),
    uploads.jpeg(orientation=6, place=PLACE),
    uploads.jpeg(place=PLACE)[:-2] + uploads.segment(0xED, PLACE) + b"\xff\xd9" + uploads.jpeg(place=PLACE),
    uploads.GIF[:19] + b"\x21\xfe" + bytes([len(PLACE)]) + PLACE + b"\0" + uploads.GIF[19:],
    webp(EXTENDED, webp_chunk(b"VP8L", uploads.WEBP[20:33]), webp_chunk(b"EXIF", PLACE), webp_chunk(b"XMP ", PLACE)),
]


@given(st.sampled_from(TOLD), st.integers(0, 400), st.binary(max_size=8), st.integers(0, 8), st.binary(max_size=8))
def test_no_accepted_picture_has_anything_that_is_not_shown(whole, place, stray, lost, appended):
    broken = whole[:place] + stray + whole[place + lost :] + appended

    if size_of_picture(broken) is not None:
        clean = without_traces(broken)
        assert set(parts_of(clean)) <= PARTS
        assert without_traces(clean) == clean
        assert size_of_picture(clean) == size_of_picture(broken)
