"""One writer at a time on machines that know nothing of each other, and nothing written by one who was replaced."""

import threading
import time
from collections.abc import Iterator

import pytest

from newsloom import settings
from newsloom.errors import BusyError, LeaseLostError
from newsloom.place import Place
from newsloom.store import Lease, Stamp, hold_lease, open_index
from newsloom.store.base import Transactions
from newsloom.store.connecting import connect
from newsloom.store.leases import claim, fence, release
from newsloom.store.migrating import migrate
from tests.store.test_index import make_record


@pytest.fixture
def store(place: Place) -> Iterator[Transactions]:
    with Transactions(connect(place), place) as store:
        migrate(store)
        yield store


def take(store: Transactions, holder: str, seconds: float = 60.0) -> Lease:
    with store.transaction() as connection:
        return claim(connection, "pass", seconds, site="/srv/news", holder=holder)


def test_who_comes_second_learns_who_holds_it_since_when_and_until_when(store: Transactions) -> None:
    take(store, "alpha (process 7)")
    moment = r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC"
    with pytest.raises(BusyError, match=rf"^/srv/news: another pass is running on alpha .process 7. since {moment} .*"
                       rf"takes over after {moment}\)$"):  # fmt: skip
        take(store, "beta (process 9)")


def test_a_released_lease_is_free_at_once_and_tokens_grow(store: Transactions) -> None:
    first = take(store, "alpha")
    with store.transaction() as connection:
        release(connection, first)
    second = take(store, "beta")
    assert second.token > first.token
    with store.transaction() as connection:
        release(connection, first)  # too late: it is another's by now
    with pytest.raises(BusyError, match="beta"):
        take(store, "gamma")


def test_a_lease_that_ran_out_is_taken_over_and_its_holder_writes_nothing_more(place: Place) -> None:
    with Transactions(connect(place), place) as store:
        migrate(store)
        stale = take(store, "alpha", 0.05)
        with open_index(place, stale) as index:
            index.put([(make_record("a"), Stamp(1, 1))])  # which renews it
            time.sleep(0.1)
            take(store, "beta (process 9)")
            for write in (
                lambda: index.put([(make_record("b"), Stamp(1, 1))]),
                lambda: index.remove(["a"]),
                lambda: index.mark("k", "v"),
                lambda: index.add_pass(1, "{}"),
                lambda: index.put_source_states([]) or index.confirm(),
                index.clear,
            ):
                with pytest.raises(LeaseLostError, match=r"beta .process 9. took over"):
                    write()
            assert [record.name for record in index.records()] == ["a"]
            assert (index.marked("k"), index.last_pass()) == ("", None)


def test_a_lease_that_ran_out_and_nobody_wanted_goes_on(store: Transactions) -> None:
    lease = take(store, "alpha", 0.01)
    time.sleep(0.05)
    with store.transaction() as connection:
        fence(connection, lease)


def test_of_many_at_once_one_gets_it(place: Place) -> None:
    with Transactions(connect(place), place) as store:
        migrate(store)
    won: list[int] = []
    barrier = threading.Barrier(8)

    def work(number: int) -> None:
        with Transactions(connect(place), place) as store:
            barrier.wait()
            try:
                take(store, f"worker {number}")
            except BusyError:
                return
            won.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_a_held_lease_is_renewed_until_the_end(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LEASE_SECONDS", 1.0)
    with hold_lease(place, "pass", site="s"):
        time.sleep(1.3)
        with pytest.raises(BusyError), hold_lease(place, "pass", site="s"):
            pass
    with hold_lease(place, "pass", site="s"):
        pass


def test_who_waits_gets_it_when_the_first_is_done(place: Place) -> None:
    held = threading.Event()

    def work() -> None:
        with hold_lease(place, "pass", site="s"):
            held.set()
            time.sleep(0.3)

    thread = threading.Thread(target=work)
    thread.start()
    held.wait(30)
    with hold_lease(place, "pass", site="s", seconds=30):
        assert held.is_set()
    thread.join()


def test_a_pass_and_commands_that_read_changed_documents_never_block_each_other(place: Place) -> None:
    records = [(make_record(f"n{number:02}"), Stamp(1, 1)) for number in range(40)]
    problems: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with open_index(place) as index:
                for _ in range(5):
                    index.put(records[number:] + records[:number])
                    index.remove([record.name for record, _ in records[number::3]])
        except BaseException as error:  # noqa: BLE001 - told by the test
            problems.append(error)

    with hold_lease(place, "pass", site="s") as lease, open_index(place, lease) as index:
        threads = [threading.Thread(target=work, args=(number,)) for number in (3, 17, 31)]
        for thread in threads:
            thread.start()
        for _ in range(5):
            index.put(records)
            index.remove([record.name for record, _ in reversed(records)])
        for thread in threads:
            thread.join()
    assert problems == []
