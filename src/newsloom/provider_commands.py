"""`newsloom providers`: who is on the desk, how far each is trusted and why, and ratings from outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from newsloom.errors import ConfigError

providers_app = typer.Typer(help="Providers and their standing.", no_args_is_help=True)
SiteOption = Annotated[Path, typer.Option("--site", help="The site's folder.", show_default="here")]
_HERE = Path()


@providers_app.command("import")
def import_ratings(
    file: Annotated[Path, typer.Argument(help="Ratings as CSV: domain and a number from 0 to 1.")],
    site: SiteOption = _HERE,
    reason: Annotated[str, typer.Option(help="Who rated, for lines that do not say.")] = "",
) -> None:
    """Take a list of ratings over, whole or not at all."""
    from newsloom.holding import hold_site  # noqa: PLC0415 - commands load only what they use
    from newsloom.ratings import load_ratings, read_ratings, write_ratings  # noqa: PLC0415 - as above
    from newsloom.site import read_site  # noqa: PLC0415 - as above

    fresh = load_ratings(file, str(file), reason or f"imported from {file.name}")
    desk = read_site(site.resolve())
    with hold_site(desk):
        known = read_ratings(desk.root)
        write_ratings(desk.root, {**known, **fresh})
    changed = sum(known.get(domain) != rating for domain, rating in fresh.items())
    typer.echo(f"{len(fresh)} ratings read, {changed} new or changed; the next pass judges by them")


@providers_app.command("list")
def list_providers(site: SiteOption = _HERE) -> None:
    """Print each provider with its articles, those shown, its standing and who gave it."""
    from newsloom.pipeline import read_records  # noqa: PLC0415 - as above
    from newsloom.site import read_site  # noqa: PLC0415 - as above

    known = read_site(site.resolve()).organizations
    records = read_records(site)
    counts = Counter(record.article.provider.domain for record in records)
    shown = Counter(record.article.provider.domain for record in records if record.article.shown)
    names = {record.article.provider.domain: record.article.provider.name for record in records}
    for domain, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        entry = known.get(domain)
        standing = f"{entry.standing:.2f}" if entry and entry.standing is not None else "neutral"
        reason = f"  {entry.standing_reason}" if entry and entry.standing_reason else ""
        typer.echo(f"{count:6} {shown[domain]:6} shown  {standing:>7}  {names[domain]} ({domain}){reason}")


@providers_app.command("show")
def show_provider(
    domain: Annotated[str, typer.Argument(help="Its domain.")], site: SiteOption = _HERE
) -> None:
    """Print all that is known of one provider, and what the desk would learn of it."""
    from newsloom.pipeline import read_records  # noqa: PLC0415 - as above
    from newsloom.registry import WELL_KNOWN  # noqa: PLC0415 - as above
    from newsloom.site import read_site  # noqa: PLC0415 - as above

    known = read_site(site.resolve()).organizations.get(domain)
    records = [record for record in read_records(site) if record.article.provider.domain == domain]
    if known is None and not records and domain not in WELL_KNOWN:
        raise ConfigError(domain, "is no provider of this site", "`newsloom providers list` names them")
    if (shipped := WELL_KNOWN.get(domain)) is not None:
        typer.echo(f"{shipped.name}: {shipped.kind}, {shipped.country}")
    if known is not None:
        for name in ("name", "description", "country", "owner", "standing", "standing_reason"):
            if (value := getattr(known, name)) not in (None, ""):
                typer.echo(f"{name.replace('_', ' ')}: {value}")
    typer.echo(f"articles: {len(records)}, shown: {sum(record.article.shown for record in records)}")
    for line in _tell_learned(site, domain):
        typer.echo(line)


def _tell_learned(site: Path, domain: str) -> Iterator[str]:
    from newsloom.curate.standing import learn_standings  # noqa: PLC0415 - as above
    from newsloom.pipeline import read_records  # noqa: PLC0415 - as above

    for learned in learn_standings(read_records(site)):
        if learned.domain == domain:
            yield f"learned: {learned.standing:.2f} ({learned.evidence})"


@providers_app.command("learn")
def learn_ratings(
    site: SiteOption = _HERE,
    accept: Annotated[bool, typer.Option("--accept", help="Judge by it from the next pass on.")] = False,
) -> None:
    """Print the standing the desk would give who has none, from form and editors' decisions."""
    from newsloom.curate.standing import learn_standings  # noqa: PLC0415 - as above
    from newsloom.holding import hold_site  # noqa: PLC0415 - as above
    from newsloom.pipeline import read_records  # noqa: PLC0415 - as above
    from newsloom.ratings import Rating, read_ratings, write_ratings  # noqa: PLC0415 - as above
    from newsloom.site import read_site  # noqa: PLC0415 - as above

    known = read_site(site.resolve())
    rated = {
        domain
        for domain, entry in known.organizations.items()
        if entry.standing is not None and not entry.standing_reason.startswith("learned")
    }
    learned = [item for item in learn_standings(read_records(site)) if item.domain not in rated]
    for item in learned:
        typer.echo(f"{item.standing:.2f}  {item.domain}: {item.evidence}")
    if accept:
        with hold_site(known):
            fresh = {item.domain: Rating(item.standing, f"learned: {item.evidence}") for item in learned}
            write_ratings(known.root, {**read_ratings(known.root), **fresh})
    typer.echo(f"{len(learned)} providers; {'accepted' if accept else 'nothing is changed without --accept'}")
