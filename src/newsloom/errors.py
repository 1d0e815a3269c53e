"""Every error Newsloom raises on purpose.

    NewsloomError
    ├── ConfigError          newsloom.yaml, sources.yaml or a topic file is wrong (file, line, key)
    ├── DocumentError        an article document cannot be read (path, line)
    │   └── SealError        a sealed value was changed, moved, or its key is missing
    ├── SourceError          a feed, WARC or list of sources cannot be read
    ├── FetchError           an address could not be fetched
    │   ├── RefusedError     a rule forbids the request; the message names the rule and how to allow
    │   └── LimitError       the answer was larger, slower or deeper than the settings allow
    ├── PageError            a page cannot be turned into a draft
    ├── ImageError           a picture is not kept
    ├── EngineError          batches cannot be run: no worker comes up
    ├── StoreError           the index cannot be used
    │   └── AwayError        the database it is in does not answer
    ├── PublishError         documents or git could not be written
    └── BusyError            another process is working on the same site
        └── LeaseLostError   another has taken over from this process, which may write no more

An error says three things: what it is about (`subject`), what happened (`cause`), and, where there
is one, the way out (`remedy`). `str(error)` is one line fit for a terminal or a log.
"""

from __future__ import annotations


class NewsloomError(Exception):
    """Root of the tree. `code` is a short stable name that summaries count by."""

    code = "error"

    def __init__(self, subject: str, cause: str, remedy: str = "", *, code: str = "") -> None:
        super().__init__(subject, cause, remedy)
        self.subject = subject
        self.cause = cause
        self.remedy = remedy
        if code:
            self.code = code

    def __str__(self) -> str:
        text = f"{self.subject}: {self.cause}" if self.subject else self.cause
        return f"{text} ({self.remedy})" if self.remedy else text

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders in the pool engine; rebuild without the one-line text.
        return _rebuild, (type(self), self.subject, self.cause, self.remedy, self.code)


def _rebuild(kind: type[NewsloomError], subject: str, cause: str, remedy: str, code: str) -> NewsloomError:
    return kind(subject, cause, remedy, code=code)


class ConfigError(NewsloomError):
    """A site's configuration is wrong; the subject is `file:line`."""

    code = "config"


class DocumentError(NewsloomError):
    """An article document cannot be read; the subject is `path:line`."""

    code = "document"


class SealError(DocumentError):
    """A sealed value was changed, moved to another document, or its key is not on the ring."""

    code = "seal"


class SourceError(NewsloomError):
    """A feed, recording or list of sources cannot be read."""

    code = "source"


class FetchError(NewsloomError):
    """An address could not be fetched."""

    code = "fetch"


class RefusedError(FetchError):
    """A rule forbids the request."""

    code = "refused"


class LimitError(FetchError):
    """An answer was larger, slower or deeper than the settings allow."""

    code = "limit"


class PageError(NewsloomError):
    """A page cannot be turned into a draft."""

    code = "page"


class ImageError(NewsloomError):
    """A picture is not kept."""

    code = "image"


class EngineError(NewsloomError):
    """Batches cannot be run: no worker comes up, or the cluster is not there."""

    code = "engine"


class StoreError(NewsloomError):
    """The index cannot be used."""

    code = "store"


class AwayError(StoreError):
    """The database that an index is in does not answer: it may again in a while."""


class PublishError(NewsloomError):
    """Documents, pages or commits could not be written."""

    code = "publish"


class BusyError(NewsloomError):
    """Another process is working on the same site."""

    code = "busy"


class LeaseLostError(BusyError):
    """Another process has taken over from this one, which was held up for longer than its lease."""

    code = "lease-lost"
