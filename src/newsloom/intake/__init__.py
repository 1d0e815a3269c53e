"""From sources to drafts: recordings streamed, feeds polled, pages fetched and extracted."""

from newsloom.intake.account import Intake
from newsloom.intake.drafting import take_in
from newsloom.intake.known import Known
from newsloom.intake.lists import Plan
from newsloom.intake.recordings import stream_pages
from newsloom.intake.rounds import Round, Stop

__all__ = ["Intake", "Known", "Plan", "Round", "Stop", "stream_pages", "take_in"]
