"""Measures quality and what is published against another desk's documents, as shipped and after learning."""

from __future__ import annotations

import random
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from newsloom.bench.foresight import correlate
from newsloom.curate import Desk
from newsloom.curate.examples import Example
from newsloom.curate.fitting import fit_leanings, foresee, judge_example
from newsloom.curate.judgement import Verdict, judge_draft, offer_article
from newsloom.curate.leanings import Leanings, undo_leanings
from newsloom.documents import list_documents, parse, read_topics
from newsloom.records import Article

_HALVES: Final = 20  # draws of a half: the mean of fewer moves by a hundredth
_BINS: Final = 10
_BAR: Final = 70


class DocumentResult(Struct, frozen=True, kw_only=True):
    """Judgement of a site's documents against what stands in them; `qualities` has ours and theirs."""

    documents: int
    topics_f1: float
    quality_rank: float
    published_agreement: float
    best_bar: int
    qualities: tuple[tuple[int, int], ...]


class FittedResult(Struct, frozen=True, kw_only=True):
    """The same on halves that were not learned from, means over draws.

    `bar_agreement` is with weights as shipped and the bar that suits the learned half best. `calibration` has
    for each tenth of foreseen odds their mean, the share that was published, and the number.
    """

    draws: int
    quality_rank: float
    published_agreement: float
    bar_agreement: float
    calibration: tuple[tuple[float, float, int], ...]


class _Judged(Struct, frozen=True):
    article: Article
    verdict: Verdict


def judge_documents(data: Path) -> list[_Judged]:
    """Judge the documents of another desk from their public fields, as shipped; none without the set."""
    folder = data / "documents"
    if not (folder / "_news").is_dir():
        return []
    desk = Desk(topics=read_topics(folder / "_data" / "topics"), keep="all")
    articles = [parse(path.read_bytes(), str(path)).article for path in list_documents(folder / "_news")]
    return [_Judged(article, judge_draft(offer_article(article), desk)) for article in articles]


def measure_documents(judged: Sequence[_Judged]) -> DocumentResult | None:
    """Compare topics by F1 of each record, quality by rank, published by the best single bar."""
    if not judged:
        return None
    qualities = [one.verdict.quality for one in judged]
    shown = [one.article.shown for one in judged]
    best = find_best_bar(qualities, shown)
    return DocumentResult(
        documents=len(judged),
        topics_f1=statistics.fmean(
            _overlap({hit.topic for hit in one.verdict.hits}, set(one.article.topics)) for one in judged
        ),
        quality_rank=correlate(qualities, [one.article.quality for one in judged]),
        published_agreement=_agree(qualities, shown, best),
        best_bar=best,
        qualities=tuple((one.verdict.quality, one.article.quality) for one in judged),
    )


def find_best_bar(qualities: Sequence[int], shown: Sequence[bool]) -> int:
    """Give the bar that parts what is shown from what is not best, the lowest of equals."""
    return max(sorted(set(qualities)), key=lambda bar: _agree(qualities, shown, bar))


def _agree(qualities: Sequence[int], shown: Sequence[bool], bar: int) -> float:
    return statistics.fmean((q >= bar) == s for q, s in zip(qualities, shown, strict=True))


def _overlap(given: set[str], right: set[str]) -> float:
    return 2 * len(given & right) / (len(given) + len(right)) if given or right else 1.0


def measure_fitting(judged: Sequence[_Judged]) -> FittedResult | None:
    """Learn from the decisions on a random half, and measure on the other; None where there are too few."""
    examples = [_draw(one) for one in judged]
    if len(examples) < 2 * _BINS:
        return None
    ranks, agreements, bars = [], [], []
    foreseen: list[tuple[float, bool]] = []
    for seed in range(_HALVES):
        order = list(range(len(examples)))
        random.Random(seed).shuffle(order)  # noqa: S311 - repeatable, not secret
        half = len(order) // 2
        learned, others = [examples[at] for at in order[:half]], [examples[at] for at in order[half:]]
        leanings = fit_leanings(learned).leanings
        qualities = [judge_example(example, leanings) for example in others]
        shown = [example.published for example in others]
        ranks.append(correlate(qualities, [judged[at].article.quality for at in order[half:]]))
        agreements.append(_agree(qualities, shown, _BAR))
        bar = find_best_bar(_judge_plain(learned), [example.published for example in learned])
        bars.append(_agree(_judge_plain(others), shown, bar))
        foreseen += zip((foresee(quality, _BAR) for quality in qualities), shown, strict=True)
    return FittedResult(
        draws=_HALVES,
        quality_rank=statistics.fmean(ranks),
        published_agreement=statistics.fmean(agreements),
        bar_agreement=statistics.fmean(bars),
        calibration=tuple(_calibrate(foreseen)),
    )


def _draw(one: _Judged) -> Example:
    return Example(
        name=one.article.original_url,
        title=one.article.title,
        terms=undo_leanings(one.verdict.terms, Leanings()),
        domain=one.article.provider.domain,
        topics=tuple(hit.topic for hit in one.verdict.hits),
        bar=_BAR,
        published=one.article.shown,
    )


def _judge_plain(examples: Iterable[Example]) -> list[int]:
    return [judge_example(example, Leanings()) for example in examples]


def _calibrate(foreseen: Iterable[tuple[float, bool]]) -> Iterable[tuple[float, float, int]]:
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for odds, shown in foreseen:
        bins[min(_BINS - 1, int(odds * _BINS))].append((odds, shown))
    for _, pairs in sorted(bins.items()):
        mean = statistics.fmean(odds for odds, _ in pairs)
        yield round(mean, 3), round(statistics.fmean(shown for _, shown in pairs), 3), len(pairs)
