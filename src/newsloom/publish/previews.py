"""Pictures that stand for a page where its link is shared: the headline as a small title page.

Made for the site, each topic, and the newest stories that have no picture of their own; an older story
without one shares its topic's. They are drawn with the typeface of the pages, whose Latin letters are all it
has: a headline in another script gets its topic's picture too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Final

from msgspec import Struct
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from newsloom.publish.cards import Card
from newsloom.publish.links import make_segment
from newsloom.publish.look import digest_look
from newsloom.publish.outputs import Output, make_key
from newsloom.publish.safety import clean_text
from newsloom.publish.view import Edition

STORIES: Final = 300  # newest stories with a preview of their own: links older than that are seldom shared
FOLDER: Final = "previews"
SITE: Final = f"{FOLDER}/site.png"
_SIZE: Final = (1200, 630)  # what networks that show previews ask for
_MARGIN: Final = 72
_TOP: Final = 160  # where the headline begins
_SIZES: Final = (84, 76, 68, 60, 52)  # of the headline, the first that fits
_LINES: Final = 4
_COLOURS: Final = 24  # of the file: paper, ink, accent and what lies between them at the letters' edges
_WIDTH: Final = _SIZE[0] - 2 * _MARGIN
_LETTERS: Final = (
    " -~\u00a0-\u00ff\u0131\u0152\u0153\u2013\u2014\u2018-\u201e\u2022\u2026\u2039\u203a\u20ac\u2122\u2212"
)
_FOREIGN: Final = re.compile(f"[^{_LETTERS}]")  # what the typeface has no letter for
_PAPER: Final = "#fbfaf6"
_INK: Final = "#1d1b18"
_SOFT: Final = "#5c574e"
_ACCENT: Final = "#8a2b1d"

_Font = ImageFont.FreeTypeFont


class Preview(Struct, frozen=True, kw_only=True):
    """What a preview shows: `name` is the site's, `foot` and `mark` stand below the headline."""

    name: str
    headline: str
    foot: str = ""
    mark: str = ""


class Previews(Struct, frozen=True, kw_only=True):
    """An edition's previews by path, and which of them stands for each story and topic without a picture."""

    previews: dict[str, Preview]
    of_story: dict[str, str]
    of_topic: dict[str, str]

    def plan(self) -> Iterator[Output]:
        """The previews' files, below `public/`."""
        for path, preview in self.previews.items():
            yield Output(path, make_key(digest_look(), preview), partial(draw_preview, preview))


def open_previews(edition: Edition, cards: Mapping[str, Card]) -> Previews:
    """The previews an edition needs."""
    name = clean_text(edition.site.title) or "News"
    previews = {SITE: Preview(name="", headline=name, foot=clean_text(edition.site.description))}
    of_topic: dict[str, str] = {}
    for topic in edition.site.topics:
        preview = Preview(
            name=name, headline=clean_text(topic.name), foot=clean_text(topic.description or "")
        )
        if can_draw(preview.headline):
            of_topic[topic.name] = f"{FOLDER}/topics/{make_segment(topic.id)}.png"
            previews[of_topic[topic.name]] = preview
    of_story: dict[str, str] = {}
    for story in edition.latest:
        card = cards[story.name]
        if card.picture is not None:
            continue
        if len(of_story) < STORIES and can_draw(card.title):
            path = f"{FOLDER}/stories/{make_segment(story.name)}.png"
            previews[path] = _show_story(card, name)
        else:
            path = next((of_topic[topic] for topic in story.lead.article.topics if topic in of_topic), SITE)
        of_story[story.name] = path
    return Previews(previews=previews, of_story=of_story, of_topic=of_topic)


def _show_story(card: Card, name: str) -> Preview:
    mark = card.topics[0].name if card.topics else ""
    foot = f"{card.provider.name} · {card.moment.brief}"
    return Preview(name=name, headline=card.title, foot=foot, mark=mark)


def can_draw(text: str) -> bool:
    """Whether the typeface has every letter of a text."""
    return bool(text) and not _FOREIGN.search(text)


def draw_preview(preview: Preview) -> bytes:
    """A preview as PNG, 1200 × 630 pixels. Cost: some 20 ms."""
    picture = Pictures.new("RGB", _SIZE, _PAPER)
    draw = ImageDraw.Draw(picture)
    left, right = _MARGIN, _SIZE[0] - _MARGIN
    draw.rectangle((left, 46, right, 49), fill=_INK)
    draw.rectangle((left, 54, right, 54), fill=_INK)
    if can_draw(preview.name):
        font = _font("600", 36)
        draw.text((left, 78), _cut(preview.name, font, _WIDTH), font=font, fill=_INK)
    size, lines = _fit(preview.headline if can_draw(preview.headline) else "")
    draw.multiline_text(
        (left, _TOP), "\n".join(lines), font=_font("600", size), fill=_INK, spacing=size * 0.18
    )
    _draw_foot(draw, preview)
    packed = io.BytesIO()
    # The quick ways of both: a quarter of the time for an eighth more bytes.
    method = Pictures.Quantize.FASTOCTREE
    picture.quantize(_COLOURS, method=method, dither=Pictures.Dither.NONE).save(packed, "PNG")
    return packed.getvalue()


def _draw_foot(draw: ImageDraw.ImageDraw, preview: Preview) -> None:
    """The last line: who and when on the left, the topic on the right."""
    font, line = _font("400", 34), _SIZE[1] - 112
    draw.rectangle((_MARGIN, line, _SIZE[0] - _MARGIN, line), fill=_SOFT)
    mark = _cut(preview.mark, font, _WIDTH / 3) if can_draw(preview.mark) else ""
    room = _WIDTH - (font.getlength(mark) + 40 if mark else 0)
    if can_draw(preview.foot):
        draw.text((_MARGIN, line + 20), _cut(preview.foot, font, room), font=font, fill=_SOFT)
    if mark:
        draw.text((_SIZE[0] - _MARGIN, line + 20), mark, font=font, fill=_ACCENT, anchor="ra")


def _fit(headline: str) -> tuple[int, list[str]]:
    """The largest size at which a headline fits, and its lines; at the smallest it is cut."""
    for size in _SIZES:
        font = _font("600", size)
        lines = _wrap(headline, font, _WIDTH)
        if len(lines) <= _LINES:
            return size, _balance(headline, font, len(lines))
    kept = lines[:_LINES]
    kept[-1] = _cut(f"{kept[-1]} {lines[_LINES]}", font, _WIDTH)
    return size, kept


def _balance(text: str, font: _Font, count: int) -> list[str]:
    """The lines of the narrowest column with no more of them: no word stands alone at the end."""
    low, high = _WIDTH // 2, _WIDTH
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if len(_wrap(text, font, middle)) <= count else (middle + 1, high)
    return _wrap(text, font, low)


def _wrap(text: str, font: _Font, width: float) -> list[str]:
    """Lines of whole words within a width; a word wider than the picture is cut."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [_cut(line, font, _WIDTH) for line in lines]


def _cut(text: str, font: _Font, width: float) -> str:
    if font.getlength(text) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if font.getlength(f"{text[:middle]}…") <= width else (low, middle - 1)
    return f"{text[:low].rstrip()}…"


@cache
def _font(weight: str, size: int) -> _Font:
    body = (files("newsloom.publish") / "assets" / f"newsreader-latin-{weight}.woff2").read_bytes()
    return ImageFont.truetype(io.BytesIO(body), size)
