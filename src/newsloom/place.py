"""Where a site's index is: a file of its own beside the documents, or a schema of a PostgreSQL database."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from msgspec import Struct

SQLITE: Final = "sqlite"
INDEX_FILE: Final = "index.sqlite"
_HOSTS_FILE: Final = "hosts.sqlite"
_HOSTS_SCHEMA: Final = "newsloom__hosts"  # the two signs keep it apart from every site's own (`name_schema`)
_SCHEMES: Final = frozenset({"postgresql", "postgres"})
_SCHEMA: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")  # PostgreSQL takes 63 bytes at most
_OTHERS: Final = re.compile(rf"pg_.*|information_schema|{_HOSTS_SCHEMA}")  # PostgreSQL's own, and ours
_EXAMPLE: Final = "postgresql://newsloom@db.example/newsloom"


class Place(Struct, frozen=True):
    """A place of an index. `schema` is "" for an SQLite file; as text it never tells a password."""

    address: str
    schema: str = ""

    def __repr__(self) -> str:
        return f"Place({str(self)!r})"

    def __str__(self) -> str:
        if not self.schema:
            return self.address
        parts = urlsplit(self.address)
        user = f"{parts.username}@" if parts.username else ""
        host = parts.netloc.rpartition("@")[2]
        return f"postgresql://{user}{host}{parts.path}?schema={self.schema}"

    @property
    def shared(self) -> bool:
        """Whether other machines may use it too."""
        return bool(self.schema)

    @property
    def identifier(self) -> str:
        """The schema as SQL takes it whatever word it is: in quotes."""
        return f'"{self.schema}"'


def as_place(place: Place | Path) -> Place:
    """The place of an SQLite file that is given as a path."""
    return place if isinstance(place, Place) else Place(str(place))


def find_place(store: str, root: Path) -> Place:
    """The place that a site's `store` names, which has no fault (`find_fault`)."""
    if store == SQLITE:
        return Place(str(root / ".newsloom" / INDEX_FILE))
    given = parse_qs(urlsplit(store).query).get("schema")
    return Place(store, given[0] if given else name_schema(root))


def find_hosts(store: Place, shared: Path | None) -> Place:
    """Where the pace of hosts is kept: with all sites of a database, else of a shared folder, else alone."""
    if store.shared:
        return Place(store.address, _HOSTS_SCHEMA)
    return Place(str(shared / _HOSTS_FILE)) if shared is not None else store


def name_schema(root: Path) -> str:
    """The schema of a site whose address names none: `newsloom_` and the name of its folder."""
    word = re.sub(r"[^a-z0-9]+", "_", root.name.lower()).strip("_")
    return f"newsloom_{word or 'site'}"[:63]


def find_fault(store: object) -> str:
    """What is wrong with a value of `store`, "" when nothing is; its password is told nowhere."""
    if store == SQLITE:
        return ""
    parts = split_address(store) if isinstance(store, str) else None
    if parts is None or parts.scheme not in _SCHEMES:
        return f"must be sqlite, or the address of a PostgreSQL database such as {_EXAMPLE}"
    if not parts.path.strip("/"):
        return f"must name a database, as in {_EXAMPLE}"
    schema = parse_qs(parts.query, keep_blank_values=True).get("schema", ["public"])
    if len(schema) != 1 or not _SCHEMA.fullmatch(schema[0]):
        return "must name one schema of small letters, digits and _, as in ?schema=newsloom_city"
    if _OTHERS.fullmatch(schema[0]):
        return (
            f"must name a schema of the site's own: {schema[0]} is not for sites, as ?schema=newsloom_city is"
        )
    return ""


def split_address(address: str) -> SplitResult | None:
    """The parts of an address, None where they cannot be told apart."""
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - reading it is the check
    except ValueError:
        return None
    return parts
