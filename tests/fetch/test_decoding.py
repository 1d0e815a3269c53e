from __future__ import annotations

import gzip
import io
import zlib

import brotli
import pytest
from fastwarc.stream_io import ZstdWriter
from hypothesis import given
from hypothesis import strategies as st

from newsloom.errors import FetchError, LimitError
from newsloom.fetch.decoding import decode_body, decode_start, join_chunks, unpack_gzip

CODINGS = ["gzip", "deflate", "br", "zstd"]


def encode(data: bytes, coding: str) -> bytes:
    if coding == "gzip":
        return gzip.compress(data)
    if coding == "deflate":
        return zlib.compress(data)
    if coding == "br":
        return bytes(brotli.compress(data))
    out = io.BytesIO()
    writer = ZstdWriter(out)
    writer.write(data)
    writer.finish()
    writer.flush()
    return out.getvalue()


def decode(body: bytes, coding: str, limit: int = 10_000_000, ratio: int = 200) -> bytes:
    return decode_body(body, coding, subject="https://news.example/", limit=limit, ratio=ratio)


@pytest.mark.parametrize("coding", CODINGS)
@given(data=st.binary(max_size=5000))
def test_every_accepted_coding_is_undone(coding: str, data: bytes) -> None:
    assert decode(encode(data, coding), coding) == data


def test_coding_names_are_read_as_servers_write_them() -> None:
    assert decode(gzip.compress(b"x"), " X-GZIP ") == b"x"
    assert decode(b"x", "identity") == decode(b"x", "") == b"x"
    bare = zlib.compressobj(wbits=-15)
    assert decode(bare.compress(b"bare stream") + bare.flush(), "deflate") == b"bare stream"


def test_gzip_of_several_members_with_padding_is_whole() -> None:
    assert decode(gzip.compress(b"one ") + gzip.compress(b"two") + b"\0\0", "gzip") == b"one two"


@pytest.mark.parametrize("coding", CODINGS)
def test_a_bomb_is_refused_by_size_and_by_ratio(coding: str) -> None:
    bomb = encode(bytes(20_000_000), coding)
    with pytest.raises(LimitError) as caught:
        decode(bomb, coding)
    assert caught.value.code == "bomb"
    with pytest.raises(LimitError) as caught:
        decode(bomb, coding, limit=100_000)
    assert caught.value.code == "too-big"


@pytest.mark.parametrize("coding", CODINGS)
def test_a_cut_or_damaged_body_keeps_nothing(coding: str) -> None:
    packed = encode(b"some text that is long enough to be packed " * 50, coding)
    for body in (packed[: len(packed) // 2], packed[:-1], b"\xff garbage \xff" * 9):
        with pytest.raises(FetchError) as caught:
            decode(body, coding)
        assert caught.value.code == "broken-coding"


@pytest.mark.parametrize("coding", ["gzip, gzip", "gzip, br", "compress", "aws-chunked", "*", "x" * 500])
def test_nested_and_unknown_codings_are_refused(coding: str) -> None:
    with pytest.raises(FetchError) as caught:
        decode(gzip.compress(b"x"), coding)
    assert caught.value.code == "coding"


@given(st.binary(max_size=400), st.integers(1, 9))
def test_chunks_are_joined(data: bytes, size: int) -> None:
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    body = b"".join(b"%X;ext=1\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    assert join_chunks(body) == data


@pytest.mark.parametrize("body", [b"<html>", b"5\r\nab", b"", b"FFFFFFFF\r\nx", b"5\r\nabcde\r\n"])
def test_what_is_not_chunks_is_left_alone(body: bytes) -> None:
    assert join_chunks(body) is None


def test_a_gzip_file_is_unpacked_once_and_bounded() -> None:
    kept = {"subject": "feed.xml.gz", "limit": 1000, "ratio": 200}
    assert unpack_gzip(gzip.compress(b"<rss/>"), **kept) == b"<rss/>"  # type: ignore[arg-type]  # mixed kinds
    assert unpack_gzip(b"<rss/>", **kept) == b"<rss/>"  # type: ignore[arg-type]  # mixed kinds
    with pytest.raises(LimitError):
        unpack_gzip(gzip.compress(bytes(2000)), **kept)  # type: ignore[arg-type]  # mixed kinds


@pytest.mark.parametrize("coding", CODINGS)
@given(data=st.binary(min_size=1, max_size=5000), cut=st.integers(0, 5000))
def test_the_start_of_a_cut_body_is_a_start_of_the_whole(coding: str, data: bytes, cut: int) -> None:
    start = decode_start(encode(data, coding)[:cut], coding, most=1000)
    assert data.startswith(start)
    assert len(start) <= 1000


def test_the_start_of_a_bomb_is_all_that_is_unpacked_of_it() -> None:
    assert decode_start(encode(bytes(50_000_000), "gzip"), "gzip", most=64) == bytes(64)
    assert decode_start(b"whatever", "x-unknown", most=64) == b""
    assert decode_start(b"plain text", "", most=5) == b"plain"
