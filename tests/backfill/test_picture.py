"""What a back-fill shows: how far it is, how fast, what was kept and why the rest was not."""

from __future__ import annotations

import io
import re

from rich.console import Console

from newsloom.backfill.account import Account
from newsloom.backfill.picture import describe, open_picture


def make_account(**fields: object) -> Account:
    given = {
        "files": 4, "files_done": 1, "size": 4_000, "size_done": 1_500, "size_before": 500, "records": 700,
        "before": 200, "kept": 30, "refused": {"words: no topic of this site": 600, "address: [b]names[/b] no page": 70},
        "passes": 1, "documents": 28, "seconds": 2.0,
    }  # fmt: skip
    return Account(**given | fields)


def show(account: Account, *, terminal: bool) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=100, color_system=None)
    with open_picture(console) as picture:
        picture.show(account)
        picture.show(account)
    return re.sub(" +", " ", stream.getvalue())


def test_a_terminal_sees_files_records_reasons_pace_and_time_left() -> None:
    text = show(make_account(), terminal=True)
    for part in ("1 of 4 files, 0:00:05 left", "700 records, 250 a second", "30 kept; 28 documents so far",
                 "600 words: no topic of this site", "70 address: [b]names[/b] no page"):  # fmt: skip
        assert part in text
    assert "…" in show(make_account(size_done=500), terminal=True)


def test_a_log_gets_one_line_a_pass() -> None:
    text = show(make_account(), terminal=False)
    assert text == (
        "1 of 4 files, 700 records, 30 kept, 670 refused, 28 documents, 250 a second, 0:00:05 left\n"
    )
    assert show(make_account(passes=0), terminal=False) == ""
    assert describe(make_account(files_done=4)).endswith("all read")


def test_the_commonest_reasons_are_shown() -> None:
    refused = {f"answer: has status {number}": number for number in range(400, 420)}
    text = show(make_account(refused=refused), terminal=True)
    assert "419 answer: has status 419" in text
    assert "for other reasons" in text and "has status 400" not in text
