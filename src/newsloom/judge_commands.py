"""`newsloom judge`: weights learned from an editor's decisions, kept in `_data/judgement.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from newsloom.errors import ConfigError

if TYPE_CHECKING:
    from newsloom.curate.fitting import Proposal
    from newsloom.curate.leanings import Leanings
    from newsloom.judgefile import Judgement
    from newsloom.site import Site

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
    """Propose weights, and words of topics, that agree with what editors decided; or words from examples."""
    from newsloom.holding import hold_site  # noqa: PLC0415 - commands load only what they use
    from newsloom.judgefile import read_judgement, write_judgement  # noqa: PLC0415 - as above
    from newsloom.site import read_site  # noqa: PLC0415 - as above

    known = read_site(site.resolve())
    judgement = read_judgement(known.root)
    fresh = _learn_file(judgement, known, examples) if examples else _learn_decisions(judgement, known, site)
    if accept:
        with hold_site(known):
            write_judgement(known.root, fresh)
    typer.echo("accepted; the next pass judges by it" if accept else "nothing is changed without --accept")


def _learn_decisions(judgement: Judgement, known: Site, site: Path) -> Judgement:
    """What was published and held, pinned and told, learned where there is enough of it."""
    from newsloom.curate.examples import list_examples, list_preferences, list_told, list_usual  # noqa: PLC0415 - as above
    from newsloom.curate.fitting import LEAST_EXAMPLES, fit_leanings  # noqa: PLC0415 - as above
    from newsloom.judging import make_desk  # noqa: PLC0415 - as above
    from newsloom.pipeline import read_records  # noqa: PLC0415 - as above

    desk, records = make_desk(known), read_records(site)
    examples, told = list_examples(records, desk), list_told(records)
    if max(len(examples), len(told)) < LEAST_EXAMPLES:
        cause = f"has {len(examples)} decisions and {len(told)} told topics, {LEAST_EXAMPLES} are needed"
        raise ConfigError(str(site), cause, "`newsloom edit` makes them")
    if len(examples) >= LEAST_EXAMPLES:
        proposal = fit_leanings(examples, list_preferences(records, desk))
        _tell_proposal(proposal, desk.leanings)
        leanings = proposal.leanings
        judgement = replace(
            judgement,
            scales=dict(leanings.scales),
            providers=dict(leanings.providers),
            interests=dict(leanings.topics),
        )
    if len(told) >= LEAST_EXAMPLES:
        learned = _learn_topics(known, told, list_usual(records))
        judgement = replace(judgement, topics={**judgement.topics, **learned})
    return judgement


def _tell_proposal(proposal: Proposal, now: Leanings) -> None:
    fresh = proposal.leanings
    for name, scale in sorted(fresh.scales.items(), key=lambda item: -abs(item[1] - 1)):
        typer.echo(f"{name:<16} × {scale:.2f}  (now × {now.scales.get(name, 1.0):.2f})")
    for points, before in ((fresh.providers, now.providers), (fresh.topics, now.topics)):
        for name, value in sorted(points.items(), key=lambda item: -abs(item[1])):
            typer.echo(f"{name:<16} {value:+.1f}  (now {before.get(name, 0.0):+.1f})")
    agreeing = f"{proposal.before} agree as shipped, {proposal.after} with these"
    typer.echo(f"of {proposal.examples} decisions {agreeing}")
    if proposal.preferences:
        led = f"{proposal.led_before} would lead as shipped, {proposal.led_after} with these"
        typer.echo(f"of {proposal.preferences} pinned articles, each beside another of its story, {led}")
    for title, old, new, published in proposal.changed:
        typer.echo(f"  {old:4} → {new:4}  {'published' if published else 'held'}: {title}")


def _learn_file(judgement: Judgement, known: Site, file: Path) -> Judgement:
    from newsloom.tools import read_rows  # noqa: PLC0415 - as above

    names = {topic.name for topic in known.topics}
    pairs = []
    for number, row in enumerate(read_rows(file), 1):
        name = row.get("topic")
        if name not in names:
            raise ConfigError(f"{file}:{number}", f"there is no topic {name!r}", "name it as its file does")
        pairs.append((f"{row.get('title') or ''}\n{row.get('text') or ''}", str(name)))
    return replace(judgement, topics={**judgement.topics, **_learn_topics(known, pairs)})


def _learn_topics(
    known: Site, pairs: list[tuple[str, str]], usual: list[tuple[str, str]] | None = None
) -> dict[str, dict[str, float]]:
    """Words of the topics that examples are given for; `usual` are texts to tell them from."""
    from newsloom.curate.topic_learning import extend_topics, learn_words  # noqa: PLC0415 - as above
    from newsloom.curate.topics import Tagger  # noqa: PLC0415 - as above
    from newsloom.documents import read_topics  # noqa: PLC0415 - as above

    topics = read_topics(known.root / "_data" / "topics")  # as written, without what was learned before
    given = {name for _, name in pairs}
    every = learn_words(topics, [*pairs, *(usual or ())])
    learned = {name: words for name, words in every.items() if name in given}
    for name, words in learned.items():
        shown = ", ".join(f"{word} {weight:.2f}" for word, weight in list(words.items())[:20])
        typer.echo(f"{name}: {shown}")
    after = Tagger(extend_topics(topics, learned))
    for word, tagger in (("as written", Tagger(topics)), ("with these", after)):
        right = sum(name in {hit.topic for hit in tagger.tag("", "", text)} for text, name in pairs)
        typer.echo(f"topics {word}: {right} of {len(pairs)} examples get theirs")
    return learned
