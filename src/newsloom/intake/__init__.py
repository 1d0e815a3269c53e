"""From sources to drafts: recordings streamed, feeds polled, pages fetched and extracted."""

from typing import TYPE_CHECKING

from newsloom.lazily import load_lazily

if TYPE_CHECKING:
    from newsloom.intake.account import Intake
    from newsloom.intake.drafting import take_in
    from newsloom.intake.known import Known
    from newsloom.intake.lists import Plan
    from newsloom.intake.recordings import stream_pages
    from newsloom.intake.rounds import Round, Stop

__all__ = ["Intake", "Known", "Plan", "Round", "Stop", "stream_pages", "take_in"]

__getattr__ = load_lazily(
    __name__,
    {
        "account": ("Intake",),
        "drafting": ("take_in",),
        "known": ("Known",),
        "lists": ("Plan",),
        "recordings": ("stream_pages",),
        "rounds": ("Round", "Stop"),
    },
)
