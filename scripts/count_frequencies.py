"""Count how common stems are: `count_frequencies.py ARTICLES.jsonl.gz OUT.txt` (keys `title`, `text`)."""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from pathlib import Path

from newsloom.curate.terms import list_stems

_CHARACTERS = 4_000  # read of a text: the news of an article stands at its beginning
_LEAST = 1 / 400  # share of articles from which a stem is listed


def main(articles: str, out: str) -> None:
    """Write each stem with the share of articles that hold it, commonest first."""
    counts: Counter[str] = Counter()
    total = 0
    with gzip.open(articles, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            counts.update(set(list_stems(f"{row['title']}\n{row['text'][:_CHARACTERS]}", "en")))
            total += 1
    listed = [(stem, n / total) for stem, n in counts.items() if n / total >= _LEAST]
    listed.sort(key=lambda pair: (-pair[1], pair[0]))
    head = [
        "# stem and the share of English news articles that hold it; 1 in 400 and rarer are left out.",
        f"# Counted by scripts/count_frequencies.py over {total:,} articles.",
    ]
    rows = [f"{stem} {share:.4f}" for stem, share in listed]
    Path(out).write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
