"""Reading the web: guarded, paced, bounded; recorded and replayed through the same seam."""

from typing import TYPE_CHECKING

from newsloom.lazily import load_lazily

if TYPE_CHECKING:
    from newsloom.fetch.client import LiveFetcher
    from newsloom.fetch.exchange import Answer, Fetcher, Hop, Request
    from newsloom.fetch.ledger import Ledger
    from newsloom.fetch.limits import Limits
    from newsloom.fetch.queue import answer_or_fault, fetch_all
    from newsloom.fetch.recording import RecordingFetcher
    from newsloom.fetch.replay import ReplayFetcher
    from newsloom.fetch.walls import tell_wall

__all__ = [
    "Answer",
    "Fetcher",
    "Hop",
    "Ledger",
    "Limits",
    "LiveFetcher",
    "RecordingFetcher",
    "ReplayFetcher",
    "Request",
    "answer_or_fault",
    "fetch_all",
    "tell_wall",
]

__getattr__ = load_lazily(
    __name__,
    {
        "client": ("LiveFetcher",),
        "exchange": ("Answer", "Fetcher", "Hop", "Request"),
        "ledger": ("Ledger",),
        "limits": ("Limits",),
        "queue": ("answer_or_fault", "fetch_all"),
        "recording": ("RecordingFetcher",),
        "replay": ("ReplayFetcher",),
        "walls": ("tell_wall",),
    },
)
