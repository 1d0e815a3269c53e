"""Sealed state: the same text for the same state, opened by its own document and nothing else."""

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given
from hypothesis import strategies as st

from newsloom.documents import create_keys, load_keys, rotate_keys, seal, unseal
from newsloom.errors import ConfigError, SealError
from newsloom.records import State

RING = (bytes(range(64)),)
NAME, ADDRESS = "2026-11-20-a", "https://news.example/a"
STATES = st.builds(
    State,
    seen=st.datetimes(datetime(1990, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - Hypothesis adds the zone
    story=st.text(max_size=40),
    authors=st.lists(st.text(max_size=20), max_size=3).map(tuple),
    keywords=st.lists(st.tuples(st.text(max_size=9), st.sampled_from((0.0, 0.25, 1.0))), max_size=4).map(
        tuple
    ),
    words=st.integers(0, 10**6),
)
STATE = State(seen=datetime(2026, 11, 20, tzinfo=UTC), story="a", words=7)


def sealed(state: State = STATE, ring: tuple[bytes, ...] = RING) -> str:
    text = seal(state, NAME, ADDRESS, ring)
    assert text is not None
    return text


def test_the_cipher_is_that_of_rfc_5297() -> None:
    """The deterministic example of the RFC's appendix A.1, by the library that does the work."""
    key = bytes.fromhex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
    data = bytes.fromhex("101112131415161718191a1b1c1d1e1f2021222324252627")
    expected = "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c"
    assert AESSIV(key).encrypt(bytes.fromhex("112233445566778899aabbccddee"), [data]).hex() == expected


@given(STATES)
def test_a_state_opens_as_it_was_and_seals_to_the_same_text(state: State) -> None:
    assert unseal(sealed(state), NAME, ADDRESS, RING) == state
    assert sealed(state) == sealed(state)


def test_the_form_is_two_base64_values() -> None:
    text, vector = sealed().split(";")
    assert len(base64.b64decode(vector, validate=True)) == 16
    assert base64.b64decode(text, validate=True)


@given(st.integers(0, 10_000))
def test_a_changed_byte_is_refused_by_name(place: int) -> None:
    text, vector = (bytearray(base64.b64decode(part)) for part in sealed().split(";"))
    part = text if place % 2 else vector
    part[place // 2 % len(part)] ^= 1
    changed = f"{base64.b64encode(text).decode()};{base64.b64encode(vector).decode()}"
    with pytest.raises(SealError, match=NAME):
        unseal(changed, NAME, ADDRESS, RING)


@pytest.mark.parametrize(("name", "address"), [("2026-11-20-b", ADDRESS), (NAME, ADDRESS + "?")])
def test_a_moved_seal_is_refused_by_name(name: str, address: str) -> None:
    with pytest.raises(SealError, match=name):
        unseal(sealed(), name, address, RING)


@pytest.mark.parametrize("text", ["", ";", "abc", "YWJj;ZGVm", "not base64;at all", "YWJj", "é;é"])
def test_seals_of_others_do_not_open(text: str) -> None:
    with pytest.raises(SealError):
        unseal(text, NAME, ADDRESS, RING)


def test_without_a_key_nothing_is_sealed() -> None:
    assert seal(STATE, NAME, ADDRESS, ()) is None
    with pytest.raises(SealError):
        unseal(sealed(), NAME, ADDRESS, ())


def test_old_keys_still_open_after_a_rotation(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    create_keys(path)
    before = load_keys(path)
    text = sealed(ring=before)
    after = rotate_keys(path)
    assert after == load_keys(path)
    assert (len(after), after[1:]) == (2, before)
    assert unseal(text, NAME, ADDRESS, after) == STATE
    assert sealed(ring=after) != text


def test_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    create_keys(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        load_keys(path)


def test_keys_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLOOM_KEYS", base64.b64encode(RING[0]).decode())
    assert load_keys(tmp_path / "none") == RING
    monkeypatch.setenv("NEWSLOOM_KEYS", "c2hvcnQ=")
    with pytest.raises(ConfigError, match="NEWSLOOM_KEYS"):
        load_keys(tmp_path / "none")


def test_a_broken_file_of_keys_is_named(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text("not a key\n")
    path.chmod(0o600)
    with pytest.raises(ConfigError, match="keys"):
        load_keys(path)
    assert load_keys(tmp_path / "none") == ()
