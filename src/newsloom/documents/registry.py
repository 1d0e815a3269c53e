"""The provider registry: `_data/organizations/DOMAIN.md`, one file a provider."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from newsloom import settings
from newsloom.documents.quoting import quote, write_bare
from newsloom.errors import ConfigError
from newsloom.records import Image
from newsloom.yamlfile import Located, Value, load


class Organization(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A provider as its file describes it. `standing` is 0 to 1, None when nobody has said."""

    domain: str
    name: str
    description: str | None = None
    images: tuple[Image, ...] = ()
    country: str | None = None
    owner: str | None = None
    standing: float | None = None
    standing_reason: str = ""


def read_organizations(folder: Path) -> dict[str, Organization]:
    """The registry by domain. Raises ConfigError for the first file that is wrong."""
    if not folder.is_dir():
        return {}
    found: dict[str, Organization] = {}
    for path in sorted(folder.glob("*.md")):
        with path.open("rb") as file:
            data = file.read(settings.CONFIG_BYTES + 1)
        organization = parse_organization(data, f"_data/organizations/{path.name}")
        found[organization.domain] = organization
    return found


def parse_organization(data: bytes, subject: str) -> Organization:
    """Read one provider's file; keys that are not known are left to others."""
    head, _, rest = data.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    if head.strip() != b"---":
        raise ConfigError(f"{subject}:1", "does not start with `---`")
    matter = (b"\n" + rest).replace(b"\r\n", b"\n").split(b"\n---", 1)[0]
    located = load(matter, subject)
    values = located.value
    if not isinstance(values, dict):
        raise located.error((), "must hold `key: value` lines")
    domain = _text(located, values, "domain") or _text(located, values, "_id")
    if not domain:
        raise located.error((), "`domain` is missing")
    return Organization(
        domain=domain,
        name=_text(located, values, "name") or domain,
        description=_text(located, values, "description"),
        images=tuple(_images(located, values.get("images"))),
        country=_text(located, values, "country"),
        owner=_text(located, values, "owner"),
        standing=_standing(located, values.get("standing")),
        standing_reason=_text(located, values, "standingReason") or "",
    )


def format_organization(organization: Organization) -> bytes:
    """Give a provider's file with what is known of it, in the form of the reference."""
    lines = [
        "---",
        "taxonomy: organization",
        f"_id: {write_bare(organization.domain)}",
        f"name: {write_bare(organization.name)}",
        f"domain: {write_bare(organization.domain)}",
    ]
    if organization.country:
        lines.append(f"country: {write_bare(organization.country)}")
    if organization.images:
        lines.append("images:")
    for image in organization.images:
        lines.append(f"  - url: {quote(image.url)}")
        lines += [
            f"    {key}: {value}"
            for key, value in (("width", image.width), ("height", image.height))
            if value
        ]
    return "\n".join([*lines, "---", ""]).encode()


def _text(located: Located, values: dict[str, Value], key: str) -> str | None:
    value = values.get(key)
    if isinstance(value, list | dict):
        raise located.error((key,), f"`{key}` must be text")
    return str(value) if value is not None else None


def _standing(located: Located, value: Value) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise located.error(("standing",), f"`standing` must be a number from 0 to 1, not {value!r}")
    return float(value)


def _images(located: Located, value: Value) -> list[Image]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise located.error(("images",), "`images` must be a list")
    images: list[Image] = []
    for number, item in enumerate(value):
        if not isinstance(item, dict) or not isinstance(item.get("url"), str):
            raise located.error(("images", number), "an image needs a `url`")
        width, height = item.get("width"), item.get("height")
        images.append(
            Image(
                url=str(item["url"]),
                width=width if isinstance(width, int) else None,
                height=height if isinstance(height, int) else None,
            )
        )
    return images
