"""`newsloom search`: the owner's search, on the terminal, over what is shown and what is held."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from newsloom.errors import NewsloomError

if TYPE_CHECKING:
    from newsloom.search import Hit, Results

_HERE = Path()
_ORDERS = ("relevance", "time")


def search_site(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY...", help='Words, "phrases", beginnings*, topic:, provider:, after:, …'
        ),
    ],
    site: Annotated[Path, typer.Option("--site", help="The site's folder.", show_default="here")] = _HERE,
    sort: Annotated[str, typer.Option(help="Order of results: relevance or time.")] = "relevance",
    page: Annotated[int, typer.Option(help="Page of results.", min=1)] = 1,
    size: Annotated[int, typer.Option(help="Results on a page.", min=1, max=200)] = 10,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make the search index anew first.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the page of results as JSON.")] = False,
) -> None:
    """Search a site's articles, shown or held."""
    from newsloom.search import open_searcher, parse_query  # noqa: PLC0415 - commands load only what they use
    from newsloom.site import read_site  # noqa: PLC0415 - as above
    from newsloom.viewing import find_search_index  # noqa: PLC0415 - as above

    if sort not in _ORDERS:
        raise NewsloomError("--sort", f"is {sort!r}", f"one of {', '.join(_ORDERS)}")
    language = read_site(site.resolve()).config.locale.partition("-")[0]
    searcher = open_searcher(find_search_index(site, rebuild=rebuild), held=True, language=language)
    try:
        query = parse_query(" ".join(words), searcher.clock())
        results = searcher.search(query, order=sort, page=page, size=size)
    finally:
        searcher.close()
    if as_json:
        _print_json(results)
    else:
        _print_text(results, Console(highlight=False, soft_wrap=not sys.stdout.isatty()))


def _print_json(results: Results) -> None:
    from newsloom.publish.api import write_json  # noqa: PLC0415 - as above

    sys.stdout.buffer.write(
        write_json(
            {
                "page": results.page,
                "value": [_tell_hit(hit) for hit in results.hits],
                "nextPage": results.page + 1 if results.page < results.pages else None,
                "total": results.total,
                "suggestion": results.suggestion or None,
                "notes": results.notes,
            }
        )
    )


def _tell_hit(hit: Hit) -> dict[str, Any]:
    listing, score = hit.listing, hit.score
    return {
        "name": listing.name,
        "title": listing.title,
        "excerpt": listing.excerpt,
        "url": listing.out or None,
        "provider": {"name": listing.provider, "domain": listing.domain},
        "published": listing.published,
        "topics": listing.topics,
        "type": listing.kind,
        "language": listing.language or None,
        "quality": listing.quality,
        "shown": listing.shown,
        "highlight": {"title": hit.title_marks, "excerpt": hit.excerpt_marks},
        "score": None
        if score is None
        else {
            "value": round(score.value, 3),
            "match": round(score.match, 3),
            "recency": score.recency,
            "quality": score.quality,
        },
    }


def _print_text(results: Results, console: Console) -> None:
    """A headline and a line of facts for each result; controls in texts were taken out by the index."""
    for hit in results.hits:
        listing = hit.listing
        title = Text(listing.title)
        for start, end in hit.title_marks:
            title.stylize("bold underline", start, end)
        held = "" if listing.shown else " · held"
        console.print(title)
        console.print(
            Text(
                f"  {listing.published:%Y-%m-%d %H:%M} · {listing.provider} · quality {listing.quality}{held}"
            )
        )
        console.print(Text(f"  {listing.out or listing.name}", style="dim"))
    first = (results.page - 1) * results.size + 1
    if results.hits:
        console.print(f"{first}–{first + len(results.hits) - 1} of {results.total}")
    else:
        console.print("Nothing found.")
    for note in results.notes:
        console.print(Text(note))
    if results.suggestion:
        console.print(Text(f"Did you mean: {results.suggestion}"))
