"""Corpora full of near copies, made by chance: what desks of the same event have in common with each other."""

import random
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from newsloom.curate import Desk
from newsloom.curate.gate import Gate
from newsloom.records import Draft, Image, Provider, Topic
from tests.curate.drafts import CLOCK, TOPICS, draft

WORDS = tuple(
    f"{a}{b}{c}" for a in ("bar", "tel", "mon", "kri") for b in "aeiou" for c in ("dok", "lim", "rus")
)
EDITS = (0, 0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4)
HOSTS = 5


def make_corpus(dice: random.Random, size: int) -> list[Draft]:
    """Articles, most of them edits, reprints, moves and feed entries of one another."""
    told: list[dict[str, Any]] = []
    drafts: list[Draft] = []
    for number in range(size):
        host = f"site{dice.randrange(HOSTS)}.example"
        address = f"https://{host}/{dice.randrange(2 * size)}"
        told.append({**(_edit(dice, dice.choice(told)) if told and dice.random() < 0.7 else _tell(dice))})
        told[-1] |= {"host": host, "address": address}
        drafts.append(_draw(dice, told[-1]))
        if dice.random() < 0.3:
            entry = told[-1] | {"words": told[-1]["words"][: dice.choice((0, 20, 90))]}
            drafts.append(_draw(dice, entry, origin="entry", **_name_entry(dice, number)))
        if dice.random() < 0.3:  # a link that leads elsewhere, as shorteners and redirects do
            link = dice.choice(
                (f"{address}/amp", f"https://t.example/{number % 4}", dice.choice(told)["address"])
            )
            drafts.append(_draw(dice, told[-1], original=link, origin=dice.choice(("page", "entry"))))
        if dice.random() < 0.2:
            moved = told[-1] | {"address": f"{address}/moved"}
            drafts.append(_draw(dice, moved, **_name_entry(dice, number)))
    return drafts


def make_desk(dice: random.Random, shards: int = 1) -> Desk:
    """A desk that holds some of a corpus back, and knows some of the providers."""
    known = Provider(name="Three", domain="site3.example", images=(Image(url="https://site3.example/l.png"),))
    return Desk(
        topics=(*TOPICS, Topic(id="words", name="Words", keywords=WORDS[::3])),
        keep=dice.choice(("all", "topical")),
        window_days=dice.choice((2, 7, 30)),
        related=dice.choice((1, 5, 20)),
        story_shards=shards,
        standings={"site1.example": 0.9, "site2.example": 0.1},
        providers={"site3.example": known} if dice.random() < 0.5 else {},
        gate=Gate(
            publish_at=dice.choice((30, 50, 70)),
            provider_quota=dice.choice((0, 1, 3)),
            story_quota=dice.choice((0, 2)),
        ),
    )


def _tell(dice: random.Random) -> dict[str, Any]:
    words = dice.choices(WORDS, k=dice.choice((30, 80, 130, 200)))
    return {
        "title": f"Acme{dice.randrange(4)} {' '.join(words[:6])}",
        "words": words,
        "hours": dice.randint(-30, 230),
    }


def _edit(dice: random.Random, base: dict[str, Any]) -> dict[str, Any]:
    words = _exchange(dice, base["words"], dice.choice(EDITS))
    if dice.random() < 0.2:
        words = words[: int(len(words) * dice.uniform(0.4, 1))]
    title = base["title"]
    if dice.random() < 0.4:
        title = " ".join(_exchange(dice, title.split(), 0.3))
    return {"title": title, "words": words, "hours": base["hours"] - dice.choice((0, 0, 1, 3, 20, 60, -5))}


def _exchange(dice: random.Random, words: list[str], share: float) -> list[str]:
    return [dice.choice(WORDS) if dice.random() < share else word for word in words]


def _name_entry(dice: random.Random, number: int) -> dict[str, str]:
    return {"source": f"feed{dice.randrange(2)}", "guid": dice.choice(("", f"g{number % 5}"))}


def _draw(dice: random.Random, told: dict[str, Any], **fields: Any) -> Draft:  # noqa: ANN401 - any field of a draft
    picture = Image(url=f"https://{told['host']}/a.jpg", width=1200, height=800)
    values: dict[str, Any] = {
        "text": " ".join(told["words"]),
        "excerpt": dice.choice((" ".join(told["words"][:20]), "")),
        "images": dice.choice(((), (picture,))),
        "authors": dice.choice(((), ("Ada Byron",))),
        "flags": dice.choice(((), (), ("sponsored",))),
        "kind": dice.choice(("article", "article", "video")),
        "observed": CLOCK - timedelta(minutes=dice.choice((0, 90))),
    }
    if dice.random() < 0.1:
        values["modified"] = CLOCK - timedelta(hours=dice.randint(0, 50))
    made = draft(told["title"], address=told["address"], host=told["host"], hours=told["hours"], **values)
    if dice.random() < 0.1:
        fields["published"] = None
    return replace(made, **fields)
