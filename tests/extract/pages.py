"""Small pages for tests of extraction."""

from __future__ import annotations

from datetime import UTC, datetime

from newsloom.extract import explain
from newsloom.records import Page

ADDRESS = "https://www.daily.example/chips"
OBSERVED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PARAGRAPHS = (
    "The first plant to make the new chip opened on Sunday, and its owner expects the second one to follow by June.",
    "Engineers had worked on the machine for nine years, said the head of the team, and few had believed in it then.",
    "Orders already cover the whole of next year, the company said, though it would not name any of its customers.",
    "Rivals were quick to point out that the yield, the share of chips that work, has not been made public so far.",
    "The town that hosts the plant hopes for two thousand jobs, and for a railway station that it was once promised.",
    "A second line is to be built next to the first one, with machines that were ordered before the ground was broken.",
    "Whether the state will help to pay for it is to be decided in autumn, when the budget of the year is laid out.",
)
TEXT = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


def page(markup: str, address: str = ADDRESS) -> Page:
    """Make a page of some HTML."""
    return Page(address=address, final=address, observed=OBSERVED, body=markup.encode())


def news(body: str, head: str = "", language: str = "en") -> str:
    """Make the HTML of a page with this head and body."""
    return f"<!doctype html><html lang={language}><head>{head}</head><body>{body}</body></html>"


def chosen(markup: str, field: str, address: str = ADDRESS) -> tuple[str, str] | None:
    """Give (source, value) of what is chosen for a field, None when nothing is."""
    rows = [row for row in explain(page(markup, address)) if row[0] == field and row[3]]
    return (rows[0][1], rows[0][2]) if rows else None
