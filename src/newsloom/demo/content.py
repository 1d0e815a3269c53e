"""The demo's content as it is written in `content/`: outlets (invented providers) and pieces (articles).

One Markdown file with front matter is one piece, in the folder of its outlet. Besides what a page shows,
the front matter holds the truth that tests compare a pass with: `event`, `copy_of`, `topics`, `expect`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Final, Literal, TypeVar

import msgspec
import yaml
from msgspec import Struct
from msgspec.structs import replace

from newsloom.errors import ConfigError

CONTENT: Final = Path(__file__).parent / "content"
_RULE: Final = "---\n"
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_T = TypeVar("_T")


class Stray(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A feed entry without an article behind it."""

    title: str
    link: str
    excerpt: str


class FeedPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One feed of an outlet.

    `tracking` is a query added to its links, `earlier` asks for headlines as first published,
    `escaped_twice` for the entity damage many feeds have.
    """

    kind: Literal["rss", "atom", "json", "rdf"]
    path: str
    content: Literal["excerpt", "full"] = "excerpt"
    tracking: str = ""
    section: str = ""
    earlier: bool = False
    escaped_twice: bool = False
    strays: tuple[Stray, ...] = ()


class Outlet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An invented provider. `offset` is the UTC offset its pages write times in."""

    domain: str
    name: str
    description: str
    markup: str
    address: str
    title_suffix: str
    sections: tuple[str, ...]
    colours: tuple[str, str]
    feeds: tuple[FeedPlan, ...] = ()
    amp_address: str = ""
    language: str = "en"
    country: str = ""
    offset: str = "+00:00"
    standing: float | None = None
    reason: str = ""

    @property
    def host(self) -> str:
        """The host its pages are on."""
        return f"www.{self.domain}"

    def localise(self, moment: datetime) -> datetime:
        """A moment on the clock of the outlet's newsroom."""
        hours, _, minutes = self.offset[1:].partition(":")
        shift = timedelta(hours=int(hours), minutes=int(minutes))
        return moment.astimezone(timezone(-shift if self.offset.startswith("-") else shift))


class Picture(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a picture shows, and who made it. The picture itself is drawn by `pictures`."""

    caption: str
    credit: str


class Video(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A video: the host of its player, its id there, its length in minutes."""

    host: str
    id: str
    minutes: int


class Piece(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One article as an outlet published it. `name` is "DOMAIN/SLUG".

    Without `published` it shows no date. `missing` pages answer 404 though the feed has the entry.
    `copy_of` names another piece whose text this one carries; `credits_original` makes its canonical
    address that piece's. `earlier_title` is the headline before an edit.

    `expect` says what a pass makes of it: "kept" (a document), "held" (a document that is not shown
    for its quality), "absorbed" (listed among the copies of `copy_of`), "rejected" (no document).
    """

    name: str = ""
    title: str
    section: str
    published: datetime | None = None
    modified: datetime | None = None
    earlier_title: str = ""
    authors: tuple[str, ...] = ()
    excerpt: str = ""
    dateline: str = ""
    host: str = ""
    language: str = ""
    picture: Picture | None = None
    video: Video | None = None
    amp: Literal["", "pair", "cache"] = ""
    flags: tuple[Literal["paywalled", "live", "opinion", "sponsored", "press-release"], ...] = ()
    missing: bool = False
    copy_of: str = ""
    credits_original: bool = False
    event: str = ""
    topics: tuple[str, ...] = ()
    expect: Literal["kept", "held", "absorbed", "rejected"] = "kept"
    paragraphs: tuple[str, ...] = ()

    @property
    def domain(self) -> str:
        """The outlet's domain."""
        return self.name.partition("/")[0]

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return self.name.partition("/")[2]


class Content(Struct, frozen=True, kw_only=True):
    """All outlets by domain and all pieces by name."""

    outlets: dict[str, Outlet]
    pieces: dict[str, Piece]

    def list_pieces(self, domain: str) -> list[Piece]:
        """The pieces of one outlet, newest first, the undated last."""
        own = [piece for piece in self.pieces.values() if piece.domain == domain]
        return sorted(own, key=lambda piece: piece.published or _LONG_AGO, reverse=True)

    def address(self, piece: Piece, *, amp: bool = False) -> str:
        """The address of a piece's page, or of its AMP page."""
        outlet = self.outlets[piece.domain]
        pattern = outlet.amp_address if amp else outlet.address
        day = piece.published.strftime("%Y/%m/%d") if piece.published else ""
        path = pattern.format(
            section=piece.section.lower().replace(" ", "-"),
            date=day,
            compact=day.replace("/", ""),
            slug=piece.slug,
        )
        return f"https://{piece.host or outlet.host}{path}"


def read_content(folder: Path = CONTENT) -> Content:
    """Read the whole content; copies get the text of what they copy.

    Raises ConfigError naming the file that is wrong.
    """
    listed = _convert(folder / "outlets.yaml", _load(folder / "outlets.yaml"), list[Outlet])
    pieces = {piece.name: piece for path in sorted(folder.glob("*/*.md")) for piece in [_read_piece(path)]}
    filled = {name: _fill(piece, pieces) for name, piece in pieces.items()}
    return Content(outlets={outlet.domain: outlet for outlet in listed}, pieces=filled)


def _read_piece(path: Path) -> Piece:
    text = path.read_text(encoding="utf-8")
    head, rule, body = text.removeprefix(_RULE).partition(_RULE)
    if not text.startswith(_RULE) or not rule:
        raise ConfigError(str(path), "has no front matter between `---` lines")
    piece = _convert(path, yaml.safe_load(head), Piece)
    paragraphs = tuple(" ".join(part.split()) for part in body.split("\n\n") if part.strip())
    return replace(piece, name=f"{path.parent.name}/{path.stem}", paragraphs=paragraphs)


def _fill(piece: Piece, pieces: dict[str, Piece]) -> Piece:
    """A copy with the text, excerpt, dateline and picture of its original."""
    if not piece.copy_of:
        return piece
    if piece.copy_of not in pieces:
        raise ConfigError(piece.name, f"is a copy of {piece.copy_of!r}, which does not exist")
    original = pieces[piece.copy_of]
    return replace(
        piece,
        paragraphs=original.paragraphs,
        excerpt=original.excerpt,
        dateline=original.dateline,
        picture=original.picture,
    )


def _load(path: Path) -> object:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _convert(path: Path, value: object, kind: type[_T]) -> _T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ConfigError(str(path), str(error)) from error
