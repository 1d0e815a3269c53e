"""From sources to drafts: recordings streamed, feeds polled, pages fetched and extracted."""

from newsloom.intake.account import Intake
from newsloom.intake.drafting import take_in
from newsloom.intake.polling import open_fetcher
from newsloom.intake.recordings import stream_pages

__all__ = ["Intake", "open_fetcher", "stream_pages", "take_in"]
