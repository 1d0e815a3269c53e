"""`newsloom judge`: weights learned from an editor's decisions, kept in `_data/judgement.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

judge_app = typer.Typer(help="How the desk judges at this site.", no_args_is_help=True)
_HERE = Path()


@judge_app.callback()
def _judge() -> None:
    pass


@judge_app.command("fit")
def fit_judgement(
    site: Annotated[Path, typer.Argument(help="The site's folder.", show_default="here")] = _HERE,
    accept: Annotated[
        bool, typer.Option("--accept", help="Judge by the proposal from the next pass on.")
    ] = False,
) -> None:
    """Propose weights that agree with what editors published and held."""
    from newsloom.curate.fitting import LEAST_EXAMPLES, fit_scales, list_examples  # noqa: PLC0415 - loaded when used
    from newsloom.errors import ConfigError  # noqa: PLC0415 - as above
    from newsloom.judgefile import write_scales  # noqa: PLC0415 - as above
    from newsloom.judging import make_desk  # noqa: PLC0415 - as above
    from newsloom.lock import hold  # noqa: PLC0415 - as above
    from newsloom.pipeline import read_records  # noqa: PLC0415 - as above
    from newsloom.site import read_site  # noqa: PLC0415 - as above

    known = read_site(site.resolve())
    desk = make_desk(known)
    examples = list_examples(read_records(site), desk.gate, desk.scales)
    if len(examples) < LEAST_EXAMPLES:
        raise ConfigError(
            str(site),
            f"has {len(examples)} decisions, {LEAST_EXAMPLES} are needed",
            "`newsloom edit` makes them",
        )
    proposal = fit_scales(examples)
    for name, scale in sorted(proposal.scales.items(), key=lambda item: -abs(item[1] - 1)):
        typer.echo(f"{name:<16} × {scale:.2f}  (now × {desk.scales.get(name, 1.0):.2f})")
    typer.echo(
        f"of {proposal.examples} decisions {proposal.before} agree as shipped, {proposal.after} with these"
    )
    for title, old, new, published in proposal.changed:
        typer.echo(f"  {old:4} → {new:4}  {'published' if published else 'held'}: {title}")
    if accept:
        with hold(known.private / "lock"):
            write_scales(known.root, proposal.scales)
    typer.echo("accepted; the next pass judges by it" if accept else "nothing is changed without --accept")
