"""Writing the article document: the one form, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from newsloom.documents.document import Document, Path
from newsloom.documents.quoting import quote, write_bare
from newsloom.records import Article, Image, Provider, Related

_BOM: Final = b"\xef\xbb\xbf"
Lines = Iterable[tuple[str, str]]  # a key with its lines, line ends included


def format_document(document: Document) -> bytes:
    """The bytes of a document: canonical for its article, with the file's own extras and line ends."""
    writer = _Writer(document)
    text = f"---\n{writer.block((), writer.article(document.article))}---\n{document.body}"
    data = text.replace("\n", document.newline).encode() if document.newline != "\n" else text.encode()
    return _BOM + data if document.mark else data


def write_moment(moment: datetime) -> str:
    """A time as it stands in documents: UTC, whole seconds, `Z`."""
    utc = moment.astimezone(UTC)
    return f"{utc.year:04}-{utc:%m-%dT%H:%M:%S}Z"


class _Writer:
    """Writes one document's blocks, putting the kept extras in their places."""

    def __init__(self, document: Document) -> None:
        self._extras: dict[Path, list[tuple[str, str]]] = {}
        for extra in document.extras:
            self._extras.setdefault(extra.path, []).append((extra.after, extra.text))

    def block(self, path: Path, lines: Lines) -> str:
        """The lines of a mapping, each extra after the key it stood behind."""
        waiting = list(self._extras.get(path, ()))
        if not waiting:
            return "".join(text for _, text in lines)
        parts: list[str] = []
        self._release(waiting, "", parts)
        for key, text in lines:
            parts.append(text)
            self._release(waiting, key, parts)
        parts += [text for _, text in waiting]  # the key they stood behind is gone
        return "".join(parts)

    def _release(self, waiting: list[tuple[str, str]], key: str, parts: list[str]) -> None:
        while waiting and waiting[0][0] == key:
            text = waiting.pop(0)[1]
            parts.append(text)
            key = text.strip().partition(":")[0].strip("\"'")  # extras may stand behind extras

    def article(self, article: Article) -> Lines:
        yield "category", f"category: {write_bare(article.category)}\n"
        yield "title", f"title: {quote(article.title)}\n"
        yield "excerpt", f"excerpt: {quote(article.excerpt)}\n"
        yield "publishedDateTime", f"publishedDateTime: {write_moment(article.published)}\n"
        yield "originalUrl", f"originalUrl: {quote(article.original_url)}\n"
        yield from _optional("webUrl", article.web_url)
        yield from _optional("ampWebUrl", article.amp_url)
        yield from _optional("cdnAmpWebUrl", article.cdn_amp_url)
        yield "type", f"type: {write_bare(article.kind)}\n"
        yield "quality", f"quality: {article.quality}\n"
        yield "heat", f"heat: {article.heat}\n"
        yield "published", f"published: {_truth(article.shown)}\n"
        yield from _optional("editorial", article.editorial, write_bare)
        if article.editorial_topics is not None:
            yield "editorialTopics", f"editorialTopics:{_list_bare(article.editorial_topics)}"
        if article.featured is not None:
            yield "featuredContent", f"\nfeaturedContent: {quote(article.featured)}\n"
        yield "provider", f"\nprovider:\n{self._provider(('provider',), article.provider, '  ')}"
        if article.topics:
            yield "topics", f"\ntopics:{_list_bare(article.topics)}"
        if article.images:
            yield "images", f"\nimages:\n{self._images(('images',), article.images, '  ')}"
        if article.related:
            yield (
                "related",
                "\nrelated:\n" + "".join(map(self._related, range(len(article.related)), article.related)),
            )
        if article.secured is not None:
            yield "secured", f"\nsecured: {quote(article.secured)}\n"

    def _related(self, number: int, related: Related) -> str:
        path: Path = ("related", number)
        return _as_item(self.block(path, self._related_lines(path, related)), "  ")

    def _related_lines(self, path: Path, related: Related) -> Lines:
        inner = "    "
        yield "title", f"{inner}title: {quote(related.title)}\n"
        yield "excerpt", f"{inner}excerpt: {quote(related.excerpt)}\n"
        yield "publishedDateTime", f"{inner}publishedDateTime: {write_moment(related.published)}\n"
        yield "webUrl", f"{inner}webUrl: {quote(related.web_url)}\n"
        yield from _optional("ampWebUrl", related.amp_url, indent=inner)
        yield from _optional("cdnAmpWebUrl", related.cdn_amp_url, indent=inner)
        yield "type", f"{inner}type: {write_bare(related.kind)}\n"
        yield (
            "provider",
            f"{inner}provider:\n{self._provider((*path, 'provider'), related.provider, inner + '  ')}",
        )
        if related.quality is not None:
            yield "quality", f"{inner}quality: {related.quality}\n"
        if related.images:
            yield "images", f"{inner}images:\n{self._images((*path, 'images'), related.images, inner + '  ')}"

    def _provider(self, path: Path, provider: Provider, indent: str) -> str:
        lines = [
            ("name", f"{indent}name: {write_bare(provider.name)}\n"),
            ("domain", f"{indent}domain: {write_bare(provider.domain)}\n"),
        ]
        if provider.images:
            images = self._images((*path, "images"), provider.images, indent + "  ")
            lines.append(("images", f"{indent}images:\n{images}"))
        return self.block(path, lines)

    def _images(self, path: Path, images: tuple[Image, ...], indent: str) -> str:
        blocks = (
            self.block((*path, number), _image_lines(image, indent + "  "))
            for number, image in enumerate(images)
        )
        return "".join(_as_item(block, indent) for block in blocks)


def _image_lines(image: Image, indent: str) -> Lines:
    yield "url", f"{indent}url: {quote(image.url)}\n"
    if image.width is not None:
        yield "width", f"{indent}width: {image.width}\n"
    if image.height is not None:
        yield "height", f"{indent}height: {image.height}\n"
    yield from _optional("title", image.title, indent=indent)
    yield from _optional("attribution", image.attribution, indent=indent)
    if image.cached:
        yield "isCached", f"{indent}isCached: true\n"


def _as_item(block: str, indent: str) -> str:
    """A block whose first line becomes a list item: its last two spaces of indent turn to `- `."""
    return f"{indent}- {block[len(indent) + 2 :]}"


def _optional(key: str, value: str | None, write: Callable[[str], str] = quote, indent: str = "") -> Lines:
    if value is not None:
        yield key, f"{indent}{key}: {write(value)}\n"


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _list_bare(items: Sequence[str]) -> str:
    """A list below its key, each item as it is; `[]` where there is none."""
    return "\n" + "".join(f"  - {write_bare(item)}\n" for item in items) if items else " []\n"
