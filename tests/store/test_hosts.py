"""One pace for all who share a ledger: between processes, on either store, and when one of them is killed."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newsloom.place import Place, find_hosts, find_place
from newsloom.store import HostLedger, open_ledger
from tests.fetch.servers import keeps_pace
from tests.postgres import make_address, shared_server

SPACING = 0.05
ASKER = """
import json, sys, time
from newsloom.place import Place
from newsloom.store import HostLedger
address, schema, spacing, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4])
with HostLedger(Place(address, schema)) as ledger:
    print("ready", flush=True)
    sys.stdin.readline()
    until = time.time() + seconds
    while time.time() < until:
        if ledger.take("a.example:443", spacing):
            print(json.dumps(time.time()), flush=True)
        else:
            time.sleep(ledger.tell_wait("a.example:443", spacing)[0])
"""


def ask(place: Place, seconds: float) -> subprocess.Popen[str]:
    """A process that asks one host again and again."""
    command = [sys.executable, "-c", ASKER, place.address, place.schema, str(SPACING), str(seconds)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_of_several_processes_one_at_a_time_has_its_turn_and_a_killed_one_holds_up_nobody(
    place: Place,
) -> None:
    askers = [ask(place, seconds) for seconds in (3, 3, 60)]
    for asker in askers:
        assert asker.stdout is not None and asker.stdin is not None
        assert asker.stdout.readline() == "ready\n"
    for asker in askers:
        asker.stdin.write("go\n")
        asker.stdin.flush()
    told = askers[2].stdout
    assert told is not None
    first = told.readline() + told.readline()  # only then: who wins a turn is chance
    askers[2].kill()
    printed = [askers[0].communicate()[0], askers[1].communicate()[0], first + told.read()]
    askers[2].communicate()
    found = [sorted(map(json.loads, text.split())) for text in printed]
    moments = sorted(moment for one in found for moment in one)
    assert keeps_pace(moments, SPACING)
    assert len(moments) >= 12
    assert all(len(one) >= 2 for one in found)
    assert max(found[0][-1], found[1][-1]) > found[2][-1] + 0.3


def test_turns_and_pauses_are_in_the_store_at_once(place: Place) -> None:
    with HostLedger(place) as ledger, HostLedger(place) as other:  # another process, were this one killed now
        assert ledger.take("a.example:443", 60.0)
        ledger.close("b.example:443", 500.0)
        assert not other.take("a.example:443", 60.0) and not ledger.take("a.example:443", 60.0)
        assert not other.take("b.example:443", 0.0)
        assert other.tell_wait("a.example:443", 60.0)[0] == pytest.approx(60.0, abs=2)
        assert other.tell_wait("b.example:443", 60.0)[1] == pytest.approx(500.0, abs=2)
        assert other.tell_wait("c.example:443", 60.0) == (0.0, 0.0)
        other.close("b.example:443", 5.0)
        assert ledger.tell_wait("b.example:443", 60.0)[1] > 490
        assert other.take("c.example:443", 60.0)


def test_hosts_nobody_asked_for_long_are_let_go_of_unless_they_want_a_pause(place: Place) -> None:
    with HostLedger(place) as ledger:
        assert ledger.take("a.example:443", 60.0)
        ledger.close("b.example:443", 500.0)
        ledger.forget(-1.0)
        assert ledger.tell_wait("a.example:443", 60.0) == (0.0, 0.0)
        assert ledger.tell_wait("b.example:443", 60.0)[1] > 0


def test_robots_are_kept_apart_for_sites_that_may_not_read_the_same(place: Place) -> None:
    with HostLedger(place) as public, HostLedger(place, "realm") as private:
        private.put_robots("https://a.example:443", b"private\0\xff")
        assert public.find_robots("https://a.example:443") is None
        public.put_robots("https://a.example:443", b"public")
        public.put_robots("https://a.example:443", b"anew")
        assert public.find_robots("https://a.example:443") == b"anew"
        assert private.find_robots("https://a.example:443") == b"private\0\xff"


def test_a_clock_that_was_set_back_holds_no_host_for_longer_than_a_turn(tmp_path: Path) -> None:
    path = tmp_path / "hosts.sqlite"
    with HostLedger(path) as ledger:
        with sqlite3.connect(path) as connection:
            connection.execute(
                "INSERT INTO hosts VALUES (?, ?, 0), (?, ?, 0)",
                ("a.example:443", time.time() + 3_600, "b.example:443", time.time() + 0.5),
            )
        assert ledger.take("a.example:443", 1.0)
        assert not ledger.take("b.example:443", 1.0)


def test_a_ledger_whose_connection_was_cut_goes_on() -> None:
    place = find_place(make_address(), Path())
    with HostLedger(place) as ledger:
        assert ledger.take("a.example:443", 60.0)
        shared_server().cut()
        assert not ledger.take("a.example:443", 60.0)
        assert ledger.take("b.example:443", 60.0)


class TestWhereItIs:
    def test_sites_of_one_database_have_one_and_so_have_sites_of_one_folder(self, tmp_path: Path) -> None:
        one, two = (find_place("postgresql://desk@db.example/news", tmp_path / name) for name in ("a", "b"))
        assert one != two
        assert find_hosts(one, None) == find_hosts(two, tmp_path) != one
        own = find_place("sqlite", tmp_path)
        assert find_hosts(own, None) == own
        assert find_hosts(own, tmp_path / "shared") == Place(str(tmp_path / "shared/hosts.sqlite"))

    @pytest.mark.parametrize("damage", [b"no database at all" * 900, b"SQLite format 3\x00" + b"\xff" * 9000])
    def test_a_damaged_one_begins_anew(self, tmp_path: Path, damage: bytes) -> None:
        place, own = Place(str(tmp_path / "hosts.sqlite")), Place(str(tmp_path / "own.sqlite"))
        Path(place.address).write_bytes(damage)
        with open_ledger(place, own, "") as one, open_ledger(place, own, "") as two:
            assert one.take("a.example:443", 60.0)
            assert not two.take("a.example:443", 60.0)

    def test_where_it_cannot_be_written_each_site_keeps_its_own(self, tmp_path: Path) -> None:
        (tmp_path / "shared").write_text("a file, not a folder")
        place, own = Place(str(tmp_path / "shared/hosts.sqlite")), Place(str(tmp_path / "own.sqlite"))
        for expected in (True, False):
            with open_ledger(place, own, "") as ledger:
                assert ledger.take("a.example:443", 60.0) is expected

    def test_where_its_schema_may_not_be_used_each_site_keeps_its_own(self, tmp_path: Path) -> None:
        address = make_address()
        shared_server().execute("CREATE ROLE guest LOGIN")
        guest = address.replace("postgres@", "guest@")
        own = Place(str(tmp_path / "own.sqlite"))
        for expected in (True, False):
            with open_ledger(find_hosts(find_place(guest, tmp_path), None), own, "") as ledger:
                assert ledger.take("a.example:443", 60.0) is expected
