"""Pictures are known by their bytes: what is read of real ones, and that nothing else passes for one."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdhub.common.image_header import ImageHeader, NotAnImage, read_image_header
from tests.factories import png


def jpeg(width: int, height: int) -> bytes:
    comment = b"\xff\xfe\x00\x05abc"
    frame = b"\xff\xc2" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + comment + b"\xff" + frame + b"\xff\xd9"  # with a byte that only fills before the frame


def webp(kind: bytes, data: bytes) -> bytes:
    chunk = kind + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def lossy(width: int, height: int) -> bytes:
    return webp(b"VP8 ", b"\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height) + b"\x00" * 4)


def lossless(width: int, height: int) -> bytes:
    return webp(b"VP8L", b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + b"\x00" * 4)


def extended(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return webp(b"VP8X", b"\x10\x00\x00\x00" + size)


SHAPES = {
    "png": (png, "image/png"),
    "jpeg": (jpeg, "image/jpeg"),
    "lossy": (lossy, "image/webp"),
    "lossless": (lossless, "image/webp"),
    "extended": (extended, "image/webp"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_kind_and_size_are_read(shape: str):
    make, content_type = SHAPES[shape]

    assert read_image_header(make(640, 200)) == ImageHeader(content_type, 640, 200)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"\x89PNG\r\n\x1a\n<html>",
        b"\xff\xd8\xff<html>",
        b"RIFF\x10\x00\x00\x00WEBPVP9 \x00\x00\x00\x00",
        b"RIFF\xff\xff\xff\x00WEBPVP8X",
        png(3, 2)[:-6],
        png(3, 2).replace(b"IDAT", b"IDAX"),  # the check sum is another one
        png(3, 2)[:8] + png(3, 2)[-12:],  # an end without a beginning
        jpeg(0, 7),
        b"\xff\xd8\xff\xda\x00\x04\x00\x00",
    ],
)
def test_anything_else_is_no_picture(data: bytes):
    with pytest.raises(NotAnImage):
        read_image_header(data)


@given(st.sampled_from(sorted(SHAPES)), st.integers(0, 80), st.binary(max_size=12))
def test_half_a_file_is_read_or_refused_and_nothing_else(shape: str, length: int, rest: bytes):
    data = SHAPES[shape][0](640, 200)[:length] + rest

    try:
        header = read_image_header(data)
    except NotAnImage:
        return
    assert header.width > 0
    assert header.height > 0
