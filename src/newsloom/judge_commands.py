"""`newsloom judge`: weights learned from an editor's decisions, kept in `_data/judgement.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from newsloom.errors import ConfigError
from newsloom.site import Site, read_site

judge_app = typer.Typer(help="How the desk judges at this site.", no_args_is_help=True)
_HERE = Path()


@judge_app.callback()
def _judge() -> None:
    pass


@judge_app.command("fit")
def fit_judgement(
    site: Annotated[Path, typer.Argument(help="The site's folder.", show_default="here")] = _HERE,
    examples: Annotated[
        Path | None, typer.Option(help="Learn words of topics from JSON lines (title, text, topic) instead.")
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help="Judge by it from the next pass on.")] = False,
) -> None:
    """Propose weights that agree with what editors published and held, or words of topics from examples."""
    from newsloom.judgefile import read_judgement, write_judgement  # noqa: PLC0415 - loaded when used
    from newsloom.lock import hold  # noqa: PLC0415 - as above

    known = read_site(site.resolve())
    judgement = read_judgement(known.root)
    if examples is not None:
        fresh = replace(judgement, topics={**judgement.topics, **_learn_topics(known, examples)})
    else:
        fresh = replace(judgement, scales=_fit_scales(known, site))
    if accept:
        with hold(known.private / "lock"):
            write_judgement(known.root, fresh)
    typer.echo("accepted; the next pass judges by it" if accept else "nothing is changed without --accept")


def _fit_scales(known: Site, site: Path) -> dict[str, float]:
    from newsloom.curate.fitting import LEAST_EXAMPLES, fit_scales, list_examples  # noqa: PLC0415 - as above
    from newsloom.judging import make_desk  # noqa: PLC0415 - as above
    from newsloom.pipeline import read_records  # noqa: PLC0415 - as above

    desk = make_desk(known)
    examples = list_examples(read_records(site), desk.gate, desk.scales)
    if len(examples) < LEAST_EXAMPLES:
        cause = f"has {len(examples)} decisions, {LEAST_EXAMPLES} are needed"
        raise ConfigError(str(site), cause, "`newsloom edit` makes them")
    proposal = fit_scales(examples)
    for name, scale in sorted(proposal.scales.items(), key=lambda item: -abs(item[1] - 1)):
        typer.echo(f"{name:<16} × {scale:.2f}  (now × {desk.scales.get(name, 1.0):.2f})")
    agreeing = f"{proposal.before} agree as shipped, {proposal.after} with these"
    typer.echo(f"of {proposal.examples} decisions {agreeing}")
    for title, old, new, published in proposal.changed:
        typer.echo(f"  {old:4} → {new:4}  {'published' if published else 'held'}: {title}")
    return proposal.scales


def _learn_topics(known: Site, file: Path) -> dict[str, dict[str, float]]:
    from newsloom.curate.topic_learning import extend_topics, learn_words  # noqa: PLC0415 - as above
    from newsloom.curate.topics import Tagger  # noqa: PLC0415 - as above
    from newsloom.documents import read_topics  # noqa: PLC0415 - as above
    from newsloom.tools import read_rows  # noqa: PLC0415 - as above

    topics = read_topics(known.root / "_data" / "topics")  # as written, without what was learned before
    names = {topic.name for topic in topics}
    rows = [
        (f"{row.get('title') or ''}\n{row.get('text') or ''}", row.get("topic")) for row in read_rows(file)
    ]
    for number, (_, name) in enumerate(rows, 1):
        if name not in names:
            raise ConfigError(f"{file}:{number}", f"there is no topic {name!r}", "name it as its file does")
    pairs = [(text, str(name)) for text, name in rows]
    learned = learn_words(topics, pairs)
    for name, words in learned.items():
        typer.echo(
            f"{name}: {', '.join(f'{word} {weight:.2f}' for word, weight in list(words.items())[:20])}"
        )
    after = Tagger(extend_topics(topics, learned))
    for word, tagger in (("as written", Tagger(topics)), ("with these", after)):
        right = sum(name in {hit.topic for hit in tagger.tag("", "", text)} for text, name in pairs)
        typer.echo(f"topics {word}: {right} of {len(pairs)} examples get theirs")
    return learned
