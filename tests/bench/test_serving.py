"""The measuring of serving and exporting: a made-up site that is the same each time, and figures that are right."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsloom.bench import exporting
from newsloom.bench.exporting import format_exports, measure_exports
from newsloom.bench.listening import measure_listeners
from newsloom.bench.madeup import NEWEST, make_records
from newsloom.bench.serving import Rate, Serving, format_serving
from tests.builders import sample_site
from tests.serve.serving import start_server, stop_server, write_site


def test_made_up_records_are_the_same_each_time() -> None:
    records = list(make_records(0, 60, NEWEST))
    assert records == list(make_records(0, 60, NEWEST))
    assert len({record.name for record in records}) == 60
    stories = {record.state.story for record in records if record.state}
    assert 40 < len(stories) < 60 and stories <= {record.name for record in records}
    assert all(record.state and record.state.keywords for record in records)


def test_exports_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "PASS", 2)
    exports = measure_exports(8, lambda _: None)
    whole, after, again, anew, unseen = (export.changed for export in exports)
    assert whole > 50 and again == 0 and anew > 50 and 0 < after < whole and 0 < unseen < whole
    assert "| again |" in format_exports(8, exports)


def test_listeners_are_weighed_and_told(tmp_path: Path) -> None:
    site = write_site(tmp_path, sample_site())
    process, port = start_server(site)
    try:
        heard = measure_listeners(process.pid, port, site / "public/feed.json", 20)
    finally:
        assert stop_server(process) == 0
    assert heard.listeners == 20 and 0 < heard.without <= heard.with_listeners
    assert 0 < heard.told_seconds < 5
    rates = [
        Rate(name="feed", server="newsloom", rate=5_000.0, half=2_500.0, p99=3.0),
        Rate(name="feed", server="nginx", rate=20_000.0, half=9_900.0, p99=1.0),
    ]
    table = format_serving(Serving(rates=rates, listening=heard))
    assert "| feed | 5,000 | 3.0 ms at 2,500/s | 20,000 | 1.0 ms at 9,900/s | 1 : 4.0 |" in table
