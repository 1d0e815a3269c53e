"""The demo's web pages: every outlet has its own markup, as real publishers have.

Some describe an article in JSON-LD, some in OpenGraph, microdata or Dublin Core, some only with a
`<time>` and a byline; some wrap it in menus, consent banners and newsletter boxes.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from msgspec import Struct

from newsloom.demo.content import Content, Outlet, Piece
from newsloom.demo.markup import describe_article, write_alone, write_graph
from newsloom.extract.amp import cache_address

_TEMPLATES: Final = Path(__file__).parent / "templates"
_OTHERS: Final = 4  # links to other pieces below each one
_FREE_PARAGRAPHS: Final = 2  # what a paywalled page shows
_LABELS: Final = {
    "live": "Live",
    "opinion": "Opinion",
    "sponsored": "Paid content",
    "press-release": "Press release",
}
_INLINE: Final = (
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"\*(.+?)\*"), r"<em>\1</em>"),
    (re.compile(r"`(.+?)`"), r"<code>\1</code>"),
)


class Link(Struct, frozen=True, kw_only=True):
    """A link to another piece."""

    address: str
    title: str


class View(Struct, frozen=True, kw_only=True):
    """What a page template is given. Times are ISO 8601 on the outlet's clock, "" where there is none."""

    outlet: Outlet
    piece: Piece
    canonical: str
    amp: str
    feed: str
    image: str
    player: str
    language: str
    label: str
    byline: str
    published: str
    modified: str
    shown_date: str
    paywalled: bool
    paragraphs: tuple[Markup, ...]
    others: tuple[Link, ...]
    data: Markup
    graph: Markup


def _make_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["mail_date"] = format_datetime
    return environment


ENVIRONMENT: Final = _make_environment()


def render_page(content: Content, piece: Piece) -> str:
    """The page of a piece in its outlet's markup, or its outlet's "not found" where it is missing."""
    name = "missing" if piece.missing else content.outlets[piece.domain].markup
    return ENVIRONMENT.get_template(f"{name}.html").render(page=make_view(content, piece))


def render_amp_page(content: Content, piece: Piece) -> str:
    """The AMP page of a piece."""
    return ENVIRONMENT.get_template("amp.html").render(page=make_view(content, piece))


def make_view(content: Content, piece: Piece) -> View:
    """Everything a template says about a piece."""
    outlet = content.outlets[piece.domain]
    address = content.address(piece)
    image = image_address(outlet, piece)
    player = f"https://{piece.video.host}/embed/{piece.video.id}" if piece.video else ""
    article = describe_article(outlet, piece, address, image, player)
    return View(
        outlet=outlet,
        piece=piece,
        canonical=content.address(content.pieces[piece.copy_of]) if piece.credits_original else address,
        amp=_amp_address(content, piece),
        feed=f"https://{outlet.host}{outlet.feeds[0].path}" if outlet.feeds else "",
        image=image,
        player=player,
        language=piece.language or outlet.language,
        label=next((_LABELS[flag] for flag in piece.flags if flag in _LABELS), piece.section),
        byline=", ".join(piece.authors),
        published=_write_time(outlet, piece.published),
        modified=_write_time(outlet, piece.modified),
        shown_date=_show_date(outlet, piece),
        paywalled="paywalled" in piece.flags,
        paragraphs=tuple(_write_paragraphs(content, piece)),
        others=_list_others(content, piece),
        data=write_alone(article),
        graph=write_graph(outlet, article),
    )


def image_address(outlet: Outlet, piece: Piece) -> str:
    """Where the picture of a piece is, "" when it has none."""
    return f"https://{outlet.host}/images/{piece.slug}.jpg" if piece.picture else ""


def write_html(paragraph: str) -> Markup:
    """A paragraph's light Markdown (strong, emphasised, code) as HTML."""
    html = str(escape(paragraph))
    for pattern, replacement in _INLINE:
        html = pattern.sub(replacement, html)
    return Markup(html)  # noqa: S704 - escaped above; only the three elements are added


def _amp_address(content: Content, piece: Piece) -> str:
    if not piece.amp:
        return ""
    address = content.address(piece, amp=True)
    return cache_address(address) if piece.amp == "cache" else address


def _write_time(outlet: Outlet, moment: datetime | None) -> str:
    return outlet.localise(moment).isoformat() if moment else ""


def _show_date(outlet: Outlet, piece: Piece) -> str:
    """The date as readers see it, on the outlet's clock."""
    if piece.published is None:
        return ""
    local = outlet.localise(piece.published)
    if (piece.language or outlet.language) != "en":
        return local.strftime("%d.%m.%Y, %H:%M")
    return f"{local.day} {local:%B %Y, %H:%M}"


def _write_paragraphs(content: Content, piece: Piece) -> list[Markup]:
    shown = piece.paragraphs[:_FREE_PARAGRAPHS] if "paywalled" in piece.flags else piece.paragraphs
    html = [write_html(paragraph) for paragraph in shown]
    if piece.dateline and html:
        # An agency's own line stands in copies too: that is how readers know whose text it is.
        source = content.pieces[piece.copy_of] if piece.copy_of else piece
        agency = content.outlets[source.domain].name
        day = f"{source.published:%b} {source.published.day}" if source.published else ""
        html[0] = Markup("{}, {} ({}) – {}").format(piece.dateline, day, agency, html[0])
    return html


def _list_others(content: Content, piece: Piece) -> tuple[Link, ...]:
    own = [other for other in content.list_pieces(piece.domain) if other.name != piece.name]
    return tuple(Link(address=content.address(other), title=other.title) for other in own[:_OTHERS])
