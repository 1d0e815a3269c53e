"""Pages that are fetched where they are read: a worker is told addresses, asks itself, and gives drafts.

No page's bytes pass through the process that makes the pass. What keeps the pace of a host is the ledger
that each worker asks before each request, so a host may be in the hands of several, of one that died and was
replaced, and of other sites besides. That several wait for one host would be a waste, though: addresses are
dealt host by host in turn, so that those of one batch are of as many hosts as there are.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import AsyncGenerator, Iterable, Iterator
from time import monotonic
from typing import Final

from msgspec import Struct

from newsloom import settings
from newsloom.errors import FetchError, LimitError
from newsloom.fetch import Answer, Fetcher, Request, fetch_all
from newsloom.intake.account import Intake
from newsloom.intake.background import Background
from newsloom.intake.fetching import Terms, Web, find_place
from newsloom.intake.looking import Look
from newsloom.intake.references import Reading, read_page
from newsloom.intake.rounds import Round, Wanted
from newsloom.site import Site

_LATE: Final = "late"  # the code of a page for which there was no time


class Errand(Struct, frozen=True, kw_only=True):
    """A page to be fetched and read, on a site's terms; `whole` as in `Reference`."""

    terms: Terms
    address: str
    whole: bool = False


def may_hand_out(site: Site, round_: Round) -> bool:
    """Whether workers anywhere may fetch for a site: its ledger is where they reach it, and nobody listens.

    Recordings are written and read, and answers shared, by the pass's own fetcher.
    """
    return site.hosts.shared and site.shared is None and not round_.replay and round_.record is None


async def hand_out(
    terms: Terms, _web: Web, wanted: Wanted, _intake: Intake
) -> AsyncGenerator[Errand | None, None]:
    """Give wanted pages away as errands, as fast as they are drawn."""
    keys = {address: key for key, (address, _) in wanted.left.items()}
    for address in _deal(keys):
        if wanted.stop.is_set():
            return
        del wanted.left[keys[address]]
        yield Errand(terms=terms, address=address)


def _deal(addresses: Iterable[str]) -> Iterator[str]:
    """One address of each host, then another of each, until all are dealt."""
    hosts: dict[str, deque[str]] = {}
    for address in addresses:
        hosts.setdefault(find_place(address), deque()).append(address)
    while hosts:
        yield from [queue.popleft() for queue in hosts.values()]
        hosts = {place: queue for place, queue in hosts.items() if queue}


def split_errands(errands: Iterable[Errand], size: int) -> Iterator[list[Errand]]:
    """Errands in lists of `size`, shorter where one host would have a worker wait for it alone."""
    batch, pages = list[Errand](), Counter[str]()
    for errand in errands:
        place = find_place(errand.address)
        if len(batch) == size or pages[place] == settings.ERRANDS_OF_HOST:
            yield batch
            batch, pages = [], Counter()
        batch.append(errand)
        pages[place] += 1
    if batch:
        yield batch


def fetch_batch(errands: list[Errand], look: Look | None = None) -> list[Reading]:
    """Fetch pages and read each as it comes: a worker's task.

    A loop that reads pages would send requests later than it took their turns, so it has a thread of its own.
    """
    found: dict[str, Reading] = {}
    looks = {errand.address: None if errand.whole else look for errand in errands}
    with Background() as background:
        for request, answer in background.iterate(_fetch(errands)):
            found[request.address] = _read(answer, looks[request.address])
    return [found[errand.address] for errand in errands]


async def _fetch(errands: list[Errand]) -> AsyncGenerator[tuple[Request, Answer | FetchError], None]:
    terms = errands[0].terms
    requests = [Request(address=errand.address) for errand in errands]
    with terms.open_ledger() as ledger:
        async with terms.make_fetcher(ledger) as live:
            async for answer in fetch_all(_Hasty(live), requests):
                yield answer


def _read(answer: Answer | FetchError, look: Look | None) -> Reading:
    if isinstance(answer, FetchError):
        return Reading(found=answer, is_lost=answer.code == _LATE)
    return read_page(answer.page(), look)


class _Hasty:
    """Asks for nothing more when a task's time is over; what is under way then is waited for."""

    def __init__(self, inner: Fetcher) -> None:
        self._inner = inner
        self._until = monotonic() + settings.ERRAND_SECONDS

    async def fetch(self, request: Request) -> Answer:
        """The inner fetcher's answer. Raises LimitError when time is over."""
        if monotonic() > self._until:
            raise LimitError(request.address, "its turn did not come in time", code=_LATE)
        return await self._inner.fetch(request)
