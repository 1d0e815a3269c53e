"""Reading the web: guarded, paced, bounded; recorded and replayed through the same seam."""

from newsloom.fetch.client import LiveFetcher
from newsloom.fetch.exchange import Answer, Fetcher, Hop, Request
from newsloom.fetch.limits import Limits
from newsloom.fetch.queue import answer_or_fault, fetch_all
from newsloom.fetch.recording import RecordingFetcher
from newsloom.fetch.replay import ReplayFetcher

__all__ = [
    "Answer",
    "Fetcher",
    "Hop",
    "Limits",
    "LiveFetcher",
    "RecordingFetcher",
    "ReplayFetcher",
    "Request",
    "answer_or_fault",
    "fetch_all",
]
