"""Plain tools: each reads files or standard input and prints JSON lines.

People compose them with others, and measure with them; they need no site. A file that cannot be read
is told on standard error and the rest goes on; the exit code is then 1.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from newsloom.backfill_command import backfill_site
from newsloom.bench.command import bench_app
from newsloom.edit_commands import add_edit_commands
from newsloom.errors import ConfigError, NewsloomError, SourceError
from newsloom.judge_commands import judge_app
from newsloom.provider_commands import providers_app
from newsloom.records import Page
from newsloom.search_commands import search_site
from newsloom.source_commands import sources_app
from newsloom.store_commands import store_app
from newsloom.yamlfile import suggest

documents_app = typer.Typer(help="Article documents.", no_args_is_help=True)
feeds_app = typer.Typer(help="Feeds.", no_args_is_help=True)
urls_app = typer.Typer(help="Addresses.", no_args_is_help=True)
stories_app = typer.Typer(help="Stories.", no_args_is_help=True)
topics_app = typer.Typer(help="Topics.", no_args_is_help=True)

_encoder = msgspec.json.Encoder()


def add_commands(app: typer.Typer) -> None:
    """Hang the plain tools into the command line."""
    app.command("extract")(extract_pages)
    app.add_typer(documents_app, name="documents")
    app.add_typer(feeds_app, name="feeds")
    app.add_typer(urls_app, name="urls")
    add_edit_commands(stories_app)
    app.add_typer(stories_app, name="stories")
    app.add_typer(topics_app, name="topics")
    app.add_typer(providers_app, name="providers")
    app.add_typer(sources_app, name="sources")
    app.add_typer(judge_app, name="judge")
    app.add_typer(store_app, name="store")
    app.add_typer(bench_app, name="bench")
    app.command("backfill")(backfill_site)
    app.command("search", context_settings={"ignore_unknown_options": True})(search_site)  # `chip -memory`


def extract_pages(
    warc: Annotated[list[Path] | None, typer.Option(help="Recorded pages; may be given again.")] = None,
    html: Annotated[Path | None, typer.Option(help="A page's file; `-` for standard input.")] = None,
    url: Annotated[str, typer.Option(help="The address that page has.")] = "",
) -> None:
    """Read pages into drafts: one JSON object a line."""
    from newsloom.extract import draft_to_json, extract  # noqa: PLC0415 - tools load only what they use

    failures = _Failures()
    if html is not None:
        if not url:
            raise NewsloomError("newsloom extract", "--html needs --url", "links are resolved against it")
        body = sys.stdin.buffer.read() if str(html) == "-" else _read(html)
        pages: Iterable[Page] = [Page(address=url, final=url, body=body, observed=datetime.now(UTC))]
    else:
        pages = _stream_recordings(warc or [], failures)
    for page in pages:
        try:
            _print({"url": page.address, **draft_to_json(extract(page))})
        except NewsloomError as error:
            failures.tell(error)
    failures.end()


@documents_app.command("format")
def format_documents(
    files: Annotated[list[Path], typer.Argument(help="Documents.")],
    check: Annotated[
        bool, typer.Option("--check", help="Only list those that would differ; exit 1 if any.")
    ] = False,
) -> None:
    """Read documents and write them again, to standard output."""
    from newsloom.documents import format_document, parse  # noqa: PLC0415 - as above

    failures = _Failures()
    for path in files:
        try:
            before = _read(path)
            after = format_document(parse(before, str(path)))
        except NewsloomError as error:
            failures.tell(error)
            continue
        if not check:
            sys.stdout.buffer.write(after)
        elif after != before:
            typer.echo(str(path))
            failures.count += 1
    failures.end()


@feeds_app.command("parse")
def parse_feeds(files: Annotated[list[Path], typer.Argument(help="Feed files; .gz as well.")]) -> None:
    """Read feeds: one entry a line."""
    from newsloom.sources import entry_to_json, read_feed_file  # noqa: PLC0415 - as above

    failures = _Failures()
    for path in files:
        try:
            feed = read_feed_file(path)
        except NewsloomError as error:
            failures.tell(error)
            continue
        for entry in feed.entries:
            _print(entry_to_json(entry, str(path)))
    failures.end()


@urls_app.command("canonical")
def canonicalise_urls() -> None:
    """Read addresses on standard input, one a line; print each with its canonical form."""
    from newsloom.extract import canonical_address  # noqa: PLC0415 - as above

    for line in sys.stdin:
        url = line.strip()
        if not url:
            continue
        try:
            canonical: str | None = canonical_address(url)
        except NewsloomError:
            canonical = None
        _print({"url": url, "canonical": canonical})


@stories_app.command("assign")
def assign_to_stories(
    file: Annotated[Path, typer.Argument(help="Articles as JSON lines, in time order.")],
) -> None:
    """Read articles (id, title, text, date, source, url) as a stream; print the story of each."""
    from newsloom.curate import StoryInput, assign_stories  # noqa: PLC0415 - as above

    rows = (
        StoryInput(**_pick(row, "id", "title", "text", "date", "source", "url")) for row in read_rows(file)
    )
    for assignment in assign_stories(rows):
        _print({"id": assignment.id, "cluster": assignment.cluster})


@topics_app.command("tag")
def tag_with_topics(
    file: Annotated[Path, typer.Argument(help="Articles as JSON lines (id, title, excerpt, text).")],
    topics: Annotated[Path, typer.Option(help="A folder of topic files.")],
    vectors: Annotated[
        bool, typer.Option("--vectors", help="By the sense of descriptions too; needs `newsloom[vectors]`.")
    ] = False,
) -> None:
    """Print the topics of each article, the strongest first."""
    from newsloom.curate import Desk  # noqa: PLC0415 - as above
    from newsloom.curate.judgement import find_topics  # noqa: PLC0415 - as above
    from newsloom.documents import read_topics  # noqa: PLC0415 - as above
    from newsloom.vectors import open_vectors  # noqa: PLC0415 - as above

    desk = Desk(topics=read_topics(topics), vectors=open_vectors() if vectors else None)
    for row in read_rows(file):
        picked = _pick(row, "id", "title", "excerpt", "text")
        hits = find_topics(picked["title"], picked["excerpt"], picked["text"], (), desk)
        _print({"id": picked["id"], "topics": [hit.topic for hit in hits]})


@topics_app.command("test")
def review_site_topics(
    topic: Annotated[str, typer.Argument(help="One topic's name or id; all when left out.")] = "",
    site: Annotated[Path, typer.Option(help="The site's folder.", show_default="here")] = Path(),
    on: Annotated[
        Path | None,
        typer.Option(help="Articles as JSON lines (title, excerpt, text) instead of the site's own."),
    ] = None,
) -> None:
    """Show what topics find before they are saved: hits, doubtful ones, near misses, overlaps."""
    from newsloom.curate.topic_review import review_topics, tell_review  # noqa: PLC0415 - as above
    from newsloom.documents import read_topics  # noqa: PLC0415 - as above
    from newsloom.pipeline import read_records  # noqa: PLC0415 - as above

    topics = read_topics(site / "_data" / "topics")
    wanted = {item.name for item in topics if topic in {"", item.name, item.id}}
    if not wanted:
        raise ConfigError(topic, "is no topic of this site", suggest(topic, (item.name for item in topics)))
    if on is not None:
        rows = (_pick(row, "title", "excerpt", "text") for row in read_rows(on))
        articles = [(row["title"], row["excerpt"], row["text"]) for row in rows]
    else:
        articles = [(r.article.title, r.article.excerpt, "") for r in read_records(site)]
    for review in review_topics(topics, articles):
        if review.topic in wanted:
            typer.echo("\n".join(tell_review(review)))


class _Failures:
    """Counts what could not be read, and ends with exit code 1 if anything."""

    def __init__(self) -> None:
        self.count = 0

    def tell(self, error: NewsloomError | str) -> None:
        typer.echo(f"newsloom: {error}", err=True)
        self.count += 1

    def end(self) -> None:
        sys.stdout.flush()
        if self.count:
            raise typer.Exit(1)


def _stream_recordings(paths: Iterable[Path], failures: _Failures) -> Iterator[Page]:
    from newsloom.intake import Intake, stream_pages  # noqa: PLC0415 - as above

    for path in paths:
        intake = Intake()
        yield from stream_pages(path, intake)
        for problem in intake.problems:
            failures.tell(problem)


def _print(row: dict[str, Any]) -> None:
    sys.stdout.buffer.write(_encoder.encode(row) + b"\n")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(str(path), f"cannot be read: {error.strerror}") from error


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Read a file of JSON lines. Raises SourceError naming the line that is none."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                yield msgspec.json.decode(line, type=dict[str, Any])
            except msgspec.MsgspecError as error:
                raise SourceError(f"{path}:{number}", f"is not a JSON object: {error}") from error


def _pick(row: dict[str, Any], *names: str) -> dict[str, str]:
    return {name: str(row.get(name) if row.get(name) is not None else "") for name in names}
