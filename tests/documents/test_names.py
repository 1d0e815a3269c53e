from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsloom import settings
from newsloom.documents import document_name, slugify

DAY = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("AIGC wave prompts chip development", "aigc-wave-prompts-chip-development"),
        ("Café: what's new?", "cafe-whats-new"),
        ("  Two -- hyphens  ", "two-hyphens"),
        ("日本語", "untitled"),
        ("", "untitled"),
        ("../../etc/passwd", "etcpasswd"),
    ],
)
def test_slugs_are_plain_words(title: str, slug: str) -> None:
    assert slugify(title) == slug


@given(st.text(max_size=400))
def test_slugs_are_safe_short_and_stable(title: str) -> None:
    slug = slugify(title)
    assert slug == slugify(slug)
    assert 0 < len(slug) <= settings.SLUG_CHARACTERS
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_a_taken_name_gets_a_number() -> None:
    assert document_name("A", DAY) == "2026-11-20-a"
    assert document_name("A", DAY, {"2026-11-20-a", "2026-11-20-a-2"}) == "2026-11-20-a-3"


def test_the_day_is_that_of_utc() -> None:
    late = datetime(2026, 11, 20, 23, tzinfo=timezone(timedelta(hours=-5)))
    assert document_name("A", late) == "2026-11-21-a"
