import pickle
from datetime import UTC, datetime

import msgspec

from newsloom.records import Draft, Image, Provider

MOMENT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def test_a_draft_from_another_process_is_written_as_one_made_here() -> None:
    """msgspec leaves out what *is* a default, not what equals it; digests and seals are of what is written."""
    draft = Draft(
        original="https://a.example/",
        canonical="https://a.example/",
        title="A chip",
        provider=Provider(name="A", domain="a.example"),
        observed=MOMENT,
        kind="video",
        images=(Image(url="https://a.example/1.jpg", width=3),),
        text="half a pair: \ud800",
    )
    for one in (draft, msgspec.structs.replace(draft, kind="article", text="")):
        again = pickle.loads(pickle.dumps(one))
        assert again == one
        if one.kind == "article":
            assert msgspec.json.encode(again) == msgspec.json.encode(one)
