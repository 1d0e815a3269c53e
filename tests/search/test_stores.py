"""What only a shared database has to hold: one order with SQLite, killed passes, readers beside a pass, faults."""

from __future__ import annotations

import random
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from newsloom import settings
from newsloom.errors import AwayError, LeaseLostError, LimitError, StoreError
from newsloom.place import Place, find_place
from newsloom.search import (
    TIME,
    Listing,
    Searcher,
    drop_search_index,
    is_search_index,
    make_stamp,
    open_search_index,
    open_searcher,
    parse_query,
)
from newsloom.settings import SEARCH_CANDIDATES
from newsloom.store import PASS, hold_lease
from newsloom.store.base import Transactions
from newsloom.store.connecting import connect
from newsloom.store.fulltext import CENTROIDS, metadata
from tests.postgres import make_address, open_server
from tests.search.listings import CLOCK, listing, numbered, write_index
from tests.search.test_index import changed

WORDS = ("chip", "chips", "memory", "price", "prices", "fire", "fab", "maker", "regulators", "rule", "harbour", "orchard",
         "turbine", "vaccine", "Élysée", "東京で", "news", "city", "train", "strike")  # fmt: skip
QUERIES = ("chip", "chips memory", '"chip memory"', '"price fire" harbour', "ma*", "r* -fire", "chip -memory", "-chip",
           "topic:one", "chip topic:two", "provider:paper", "fab after:30d", "before:2026-11", "is:hidden", "is:published",
           "elysee", "東京", "memroy", "turbine vaccine orchard", "lang:en chip*", '"chip mem*"', "zzz", "like:n-7",
           "chip lang:en type:article", "lang:en", "chip -memory before:2026-11-10", "-chip -fire after:30d",
           "topic:one -chip", "ma* f* lang:en", "chip* -topic:two -fire", "before:2026-11-01", "news -lang:en")  # fmt: skip


@pytest.fixture
def schema() -> Place:
    """A schema nobody has used yet."""
    return find_place(make_address(), Path())


def mix(count: int) -> list[Listing]:
    """Listings of words thrown together, always the same."""
    dice = random.Random(1)
    return [
        listing(
            " ".join(dice.choices(WORDS, k=dice.randint(2, 9))),
            name=f"n-{number}",
            excerpt=" ".join(dice.choices(WORDS, k=dice.randint(0, 40))),
            topics=tuple(dice.sample(("One", "Two", "Three"), dice.randint(0, 2))),
            domain=dice.choice(("paper.example", "post.example")),
            published=CLOCK - timedelta(hours=7 * number),
            quality=dice.randint(0, 100),
            shown=dice.random() < 0.7,
            story=f"n-{number - number % 3}",
            keywords=tuple((word, dice.random()) for word in dice.sample(WORDS, 6)),
        )
        for number in range(count)
    ]


def tell(searcher: Searcher, query: str, order: str) -> tuple[object, ...]:
    """A page of results as far as both stores have to agree; scores to six places."""
    found = searcher.search(parse_query(query, CLOCK), order=order, size=50)
    hits = [
        (hit.listing, hit.title_marks, round(hit.score.value, 6) if hit.score else None) for hit in found.hits
    ]
    facets = ({(facet.key, facet.count) for facet in kind} for kind in (found.topics, found.providers))
    return (found.total, found.ranked, hits, *facets, found.suggestion, found.notes)


@pytest.mark.parametrize("candidates", [SEARCH_CANDIDATES, 20])  # of 300, and where most have more matches
@pytest.mark.parametrize("held", [False, True])
def test_both_stores_give_one_page_of_results(
    tmp_path: Path, schema: Place, monkeypatch: pytest.MonkeyPatch, held: bool, candidates: int
) -> None:
    monkeypatch.setattr("newsloom.search.searcher.SEARCH_CANDIDATES", candidates)
    for place in (tmp_path / "search.sqlite", schema):
        write_index(place, mix(300))
    with (
        closing(open_searcher(tmp_path / "search.sqlite", held=held)) as file,
        closing(open_searcher(schema, held=held)) as shared,
    ):
        for query in QUERIES:
            for order in (TIME, "relevance"):
                if not query.startswith("like:"):
                    assert tell(file, query, order) == tell(shared, query, order), query
        near, other = (tell(searcher, "like:n-7", "relevance") for searcher in (file, shared))
        assert near[2][:10] == other[2][:10]  # of the nearest; further down each has looked at others


def dump(place: Place) -> dict[str, list[tuple[object, ...]]]:
    """Everything an index holds, but for when it was written and numbers that depend on the order of writing."""
    statements = {
        "search_shown": "SELECT id, quality, length, texts::text FROM search_shown ORDER BY id",
        "search_held": "SELECT id, quality, length, texts::text FROM search_held ORDER BY id",
        "search_items": "SELECT * FROM search_items ORDER BY name",
        "search_listings": "SELECT * FROM search_listings ORDER BY id",
        "search_words": "SELECT * FROM search_words ORDER BY word, stem",
        "search_stems": "SELECT * FROM search_stems ORDER BY stem",
        "search_values": "SELECT * FROM search_values WHERE key <> 'written' ORDER BY key",
        "search_stories": "SELECT story, shown, ARRAY(SELECT term FROM search_terms WHERE id = ANY(strongest) ORDER BY term)"
        " FROM search_stories ORDER BY 1, 2",
        CENTROIDS: f"SELECT story, shown FROM {CENTROIDS} ORDER BY 1, 2",
    }  # fmt: skip
    with Transactions(connect(place), place) as store, store.transaction() as connection:
        return {
            name: [tuple(row) for row in connection.execute(text(found))]
            for name, found in statements.items()
        }


def test_a_schema_brought_in_step_is_as_one_made_anew(schema: Place) -> None:
    items = numbered(12, keywords=(("chip", 1.0), ("number", 0.2)), topics=("AI Hardware",))
    write_index(schema, items)
    write_index(schema, changed(items))
    anew = find_place(make_address(), Path())
    write_index(anew, changed(items))
    assert dump(schema) == dump(anew)


def test_a_pass_that_was_killed_goes_on_where_it_stopped(
    schema: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SEARCH_BATCH", 10)
    items = {item.name: item for item in mix(45)}
    stamps = {name: make_stamp(name.encode()) for name in items}
    read: list[str] = []

    def die(name: str) -> Listing:
        read.append(name)
        if len(read) == 27:
            raise KeyboardInterrupt
        return items[name]

    with open_search_index(schema) as index, pytest.raises(KeyboardInterrupt):
        index.synchronise(stamps, die, clock=CLOCK)
    with pytest.raises(StoreError, match="no search index yet"):
        open_searcher(schema)
    with open_search_index(schema) as index:
        assert index.synchronise(stamps, items.__getitem__, clock=CLOCK).written == 25
    anew = find_place(make_address(), Path())
    with open_search_index(anew) as index:
        index.synchronise(stamps, items.__getitem__, clock=CLOCK)
    assert dump(schema) == dump(anew)


def test_readers_beside_a_pass_see_it_before_or_after(schema: Place) -> None:
    few, many = numbered(5), numbered(60)
    write_index(schema, few)
    ended, seen, failures = threading.Event(), set[int](), list[Exception]()

    def ask() -> None:
        try:
            with closing(open_searcher(schema)) as searcher:
                while not ended.is_set():
                    found = searcher.search(parse_query("chip", CLOCK), size=100)
                    assert found.total == len(found.hits)
                    seen.add(found.total)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
            failures.append(error)

    readers = [threading.Thread(target=ask) for _ in range(4)]
    for reader in readers:
        reader.start()
    for _ in range(3):
        write_index(schema, many)
        write_index(schema, few)
    ended.set()
    for reader in readers:
        reader.join()
    assert failures == [] and seen <= {5, 60}


def test_what_is_asked_as_one_question_is_of_one_moment(schema: Place) -> None:
    write_index(schema, numbered(5))
    with closing(open_searcher(schema)) as searcher:
        chip = parse_query("chip", CLOCK)
        with searcher.asking():
            written, version = searcher.tell_written(), searcher.version()
            write_index(schema, numbered(60))
            assert searcher.search(chip).total == len(searcher.search(chip, order=TIME).hits) == 5
            assert searcher.is_current() and searcher.tell_written() == written
        assert searcher.search(chip).total == 60
        assert searcher.tell_written() > written and searcher.version() != version


def test_a_question_that_failed_leaves_the_next_ones_alone(
    schema: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_index(schema, numbered(5))
    with closing(open_searcher(schema)) as searcher:
        monkeypatch.setattr(settings, "SEARCH_SECONDS", -1.0)
        with searcher.asking(), pytest.raises(LimitError, match="given up"):
            searcher.search(parse_query("chip", CLOCK))
        monkeypatch.undo()
        with searcher.asking():
            assert searcher.is_current() and searcher.search(parse_query("chip", CLOCK)).total == 5


def test_an_index_of_another_version_is_told_and_made_anew(schema: Place) -> None:
    write_index(schema, numbered(3))
    with closing(open_searcher(schema)) as searcher:
        with Transactions(connect(schema), schema) as store, store.writing() as connection:
            connection.execute(text("UPDATE search_values SET value = '0' WHERE key = 'version'"))
        assert not searcher.is_current()
    with pytest.raises(StoreError, match=r"of another version .*--rebuild"):
        open_searcher(schema)
    write_index(schema, numbered(2))
    with closing(open_searcher(schema)) as searcher:
        assert searcher.search(parse_query("chip", CLOCK)).total == 2
    drop_search_index(schema)
    assert not is_search_index(schema)


def test_two_sites_in_two_schemas_know_nothing_of_each_other(schema: Place) -> None:
    other = find_place(make_address(), Path())
    write_index(schema, [listing("A zeppelin over the city")])
    write_index(other, [listing("A submarine below the city")])
    with closing(open_searcher(other)) as searcher:
        assert searcher.search(parse_query("zeppelin", CLOCK)).total == 0
        assert searcher.search(parse_query("zepelin", CLOCK)).suggestion == ""
        assert searcher.search(parse_query("submarine", CLOCK)).total == 1


def test_what_postgresql_cannot_hold_or_index_is_held_all_the_same(schema: Place) -> None:
    endless = "x" * 9_000
    strange = listing(
        f"It's a \\ test: {endless} 'quoted' words & | ! <-> end",
        name="strange",
        provider="The \0 Post",
        topics=("A\0B",),
        excerpt="word " * 20_000,
        keywords=((endless, 1.0), ("word", 0.5)),
    )
    write_index(schema, [strange, listing("Another word", keywords=(("word", 1.0),))])
    with closing(open_searcher(schema)) as searcher:
        for query in ("quoted", "it's", endless, "word*", "like:strange", "like:\0", "provider:\0", "'\\"):
            searcher.search(parse_query(query, CLOCK))
        assert searcher.search(parse_query("quoted words", CLOCK)).total == 1


def test_who_lost_the_lease_writes_nothing(schema: Place) -> None:
    write_index(schema, numbered(3))
    with hold_lease(schema, PASS, site="desk") as lease:
        with Transactions(connect(schema), schema) as store, store.transaction() as connection:
            connection.execute(text("UPDATE leases SET token = token + 1"))
        with pytest.raises(LeaseLostError):
            open_search_index(schema, lease)
    with closing(open_searcher(schema)) as searcher:
        assert searcher.search(parse_query("chip", CLOCK)).total == 3


def test_a_database_that_is_gone_is_told_and_found_again() -> None:
    with open_server() as server:
        place = find_place(server.address("desk"), Path())
        write_index(place, numbered(3))
        with closing(open_searcher(place)) as searcher:
            server.control("stop", "-m", "immediate")
            with pytest.raises(AwayError, match="see that PostgreSQL runs"):
                searcher.search(parse_query("chip", CLOCK))
            with pytest.raises(AwayError):
                open_searcher(place)
            server.start()
            assert searcher.search(parse_query("chip", CLOCK)).total == 3


def test_without_pgvector_similar_ones_are_found_by_shared_terms_and_the_owner_is_told() -> None:
    with open_server() as server:
        server.execute("CREATE ROLE desk LOGIN; GRANT CREATE ON DATABASE postgres TO desk")
        place = find_place(server.address("desk").replace("postgres@", "desk@"), Path())

        def find(held: bool) -> tuple[list[str], tuple[str, ...]]:
            write_index(place, mix(60))
            with closing(open_searcher(place, held=held)) as searcher:
                found = searcher.search(parse_query("like:n-7", CLOCK), size=5)
            return [hit.listing.name for hit in found.hits], found.notes

        without = find(True)
        assert len(without[0]) == 5 and "CREATE EXTENSION vector" in without[1][-1]
        assert len(find(False)[1]) == 1
        assert "starting PostgreSQL" in server.read_log() and "ERROR" not in server.read_log()
        server.execute("CREATE EXTENSION vector")
        after = find(True)
        assert after[0] == without[0] and len(after[1]) == 1
        tables = [*metadata.tables, CENTROIDS]
        rows = server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'desk'")
        assert set(tables) <= {name for (name,) in rows}
