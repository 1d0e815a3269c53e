"""Reading the web: guarded, paced, bounded; recorded and replayed through the same seam."""

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
