"""Made-up drafts and a desk for the tests of curation."""

from datetime import UTC, datetime, timedelta
from typing import Any

from newsloom.curate import Desk
from newsloom.records import Draft, Image, Provider, Topic

CLOCK = datetime(2026, 11, 24, 9, tzinfo=UTC)
TOPICS = (
    Topic(id="ai", name="AI", keywords=("artificial intelligence", "ai"), hashtags=("#AI",)),
    Topic(id="ai-hardware", name="AI Hardware", parent="AI", keywords=("chip", "gpu")),
    Topic(id="robots", name="AI in Robotics", parent="AI", keywords=("robot",)),
)
DESK = Desk(topics=TOPICS)

_SUBJECTS = (
    ("Harbour", "cranes unload grain barges beside the flooded eastern quay under autumn fog"),
    ("Orchard", "growers count frost damage on pear trees along the terraced valley roads"),
    ("Museum", "restorers lift a painted ceiling panel hidden since the second great fire"),
    ("Railway", "engineers replace rusted viaduct bolts before winter timetable changes begin"),
    ("Lighthouse", "keepers retire after automated lamps guide trawlers past northern reefs"),
    ("Bakery", "apprentices revive rye starter recipes found within monastery account books"),
)


def draft(title: str = "A chip that thinks with artificial intelligence", **fields: Any) -> Draft:  # noqa: ANN401 - any field
    """A whole article about AI; any field can be set. `host` and `hours` (before the clock) are short forms."""
    host = fields.pop("host", "harbourpost.example")
    published = CLOCK - timedelta(hours=fields.pop("hours", 3))
    address = fields.pop("address", f"https://{host}/{abs(hash_of(title))}")
    values: dict[str, Any] = {
        "original": address,
        "canonical": address,
        "title": title,
        "provider": Provider(name=host.partition(".")[0].title(), domain=host),
        "observed": CLOCK,
        "excerpt": f"What is known about this so far, in a sentence or two: {title}.",
        "authors": ("Ada Byron",),
        "published": published,
        "language": "en",
        "images": (Image(url=f"https://{host}/a.jpg", width=1200, height=800),),
        "text": body(title),
    }
    return Draft(**{**values, **fields})


def body(seed: str, words: int = 320) -> str:
    """A text that is the same for the same seed, and shares little with that of another seed."""
    first = (seed.split() or ["nothing"])[0].lower()
    stems = [f"{first}{number * hash_of(seed) % 977}" for number in range(1, words)]
    return f"{seed}. " + " ".join(stems)


def event(number: int, words: int = 120) -> tuple[str, str]:
    """Title and text of one of six made-up events."""
    subject, line = _SUBJECTS[number % len(_SUBJECTS)]
    return f"{subject}: {line}", " ".join([line] * (words // 11 + 1))


def hash_of(text: str) -> int:
    """A small number that is the same in every process, as `hash` is not."""
    value = 7
    for letter in text:
        value = (value * 31 + ord(letter)) % 1_000_003
    return value + 1
