"""`newsloom watch`: passes for ever, each over the sources that are due.

Between passes the site's lock is free, so that other commands work. SIGTERM and SIGINT end the watch: a
pass under way asks no more of the web, and what it has is judged and written. Should that
take too long the pass is dropped where it stands, which loses nothing: documents change all or nothing,
and sources it did not finish are polled again.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from newsloom import settings
from newsloom.errors import BusyError, NewsloomError
from newsloom.intake import Plan, Stop
from newsloom.intake.lists import list_sources
from newsloom.intake.schedule import spread_start
from newsloom.lock import hold
from newsloom.pipeline import run_pass
from newsloom.progress import Reporter
from newsloom.site import Site, read_site
from newsloom.store import SourceState, open_index
from newsloom.summary import Summary
from newsloom.websub.exchange import Hubs
from newsloom.websub.inbox import has_pushes

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
_LAST_SECONDS: Final = 2.0  # after the pass was dropped; then the process ends as if it were killed
_INBOX_SECONDS: Final = 1.0  # seconds after which a waiting watcher looks whether a hub has pushed
_LOOK_SECONDS: Final = 60.0  # seconds after which a waiting watcher looks at the site's files again


class Dropped(BaseException):
    """Raised in the midst of a pass that does not end in time; no error handler may swallow it."""


def watch_site(root: Path, tell: Callable[[str], None], reporter: Reporter | None = None) -> None:
    """Make passes until a signal ends it; `tell` gets one line a pass.

    Raises BusyError naming the process that watches the site already, and ConfigError when the site's
    configuration is wrong at the start; later on that is told, and the watch goes on when it is mended.
    """
    watch_sites([root], tell, reporter)


def watch_sites(roots: Sequence[Path], tell: Callable[[str], None], reporter: Reporter | None = None) -> None:
    """Watch several sites as `watch_site` does one: passes one after the other, each line with its site."""
    roots, stop = [root.resolve() for root in roots], Stop()
    with ExitStack() as stack:
        for root in roots:
            stack.enter_context(hold(read_site(root).private / "watch", who="another watcher"))
        stack.enter_context(_heed_signals(stop))
        watchers = [_Watcher(root, _name_lines(tell, root, roots), stop, reporter) for root in roots]
        while not stop.given:
            _wait(stop, roots, min([watcher.step() for watcher in watchers]))
        tell("stopped")


def _name_lines(tell: Callable[[str], None], root: Path, roots: Sequence[Path]) -> Callable[[str], None]:
    return tell if len(roots) == 1 else lambda line: tell(f"{root.name}: {line}")


def _wait(stop: Stop, roots: Sequence[Path], until: float) -> None:
    """Wait for the next look, at least the pause between two passes; what a hub pushes ends it."""
    until = min(until, time.time() + _LOOK_SECONDS)
    if stop.wait(min(until - time.time(), settings.WATCH_PAUSE_SECONDS)):
        return
    while (left := until - time.time()) > 0 and not any(has_pushes(root / ".newsloom") for root in roots):
        if stop.wait(min(left, _INBOX_SECONDS)):
            return


class _Watcher:
    """Watches one site."""

    def __init__(
        self, root: Path, tell: Callable[[str], None], stop: Stop, reporter: Reporter | None
    ) -> None:
        self._root = root
        self._tell = tell
        self._stop = stop
        self._reporter = reporter
        self._start = time.time()
        self._problem = ""
        self._local: frozenset[tuple[str, int, int]] | None = None

    def step(self) -> float:
        """Make a pass when something is due; the moment of the next look. A site's problem is told once."""
        if self._stop.given:
            return 0.0
        try:
            until, problem = self._step(), ""
        except NewsloomError as error:
            until, problem = time.time() + settings.WATCH_PAUSE_SECONDS, str(error)
        if problem not in {"", self._problem}:
            self._tell(f"{time.strftime('%H:%M:%S')} problem {problem}")
        self._problem = problem
        return until

    def _step(self) -> float:
        """Make a pass when something is due; the moment of the next look."""
        site = read_site(self._root)
        local = take_local(site)
        due = self._list_due(site)
        now = time.time()
        chosen = frozenset(address for address, moment in due.items() if moment <= now)
        if chosen or local != self._local or has_pushes(site.private):
            self._pass(Plan(remote=chosen, local=local != self._local), local)
            due = self._list_due(site)
            now = time.time() + settings.WATCH_PAUSE_SECONDS
        return max(now, min(due.values(), default=now + _LOOK_SECONDS))

    def _list_due(self, site: Site) -> dict[str, float]:
        """When each source that is polled is due; one that a hub pushes rests."""
        sources = list_sources(site).remote
        with open_index(site.store) as index:
            states = index.source_states()
        hubs = Hubs(site)
        return {
            address: max(
                spread_start(_with_address(states.get(address), address), self._start, len(sources)),
                hubs.rests_until(states.get(address)),
            )
            for address, source in sources.items()
            if not source.paused and not (address in states and states[address].gone)
        }

    def _pass(self, plan: Plan, local: frozenset[tuple[str, int, int]]) -> None:
        started = time.time()
        try:
            summary = run_pass(self._root, plan=plan, stop=self._stop, reporter=self._reporter)
        except BusyError:
            return  # somebody works on the site by hand; what is due stays due
        self._local = local if plan.local and not self._stop.given else self._local
        self._tell(describe_pass(summary, started))


def describe_pass(summary: Summary, started: float) -> str:
    """A pass in one line of a log."""
    counts = f"polled {summary.polled}, read {summary.pages}, new {summary.new}, changed {summary.changed}"
    problems = f", problems {len(summary.problems)}" if summary.problems else ""
    commit = f", commit {summary.commit}" if summary.commit else ""
    clock = time.strftime("%H:%M:%S", time.localtime(started))
    return f"{clock} {counts}{problems}{commit}, {sum(summary.seconds.values()):.1f} s"


def take_local(site: Site) -> frozenset[tuple[str, int, int]]:
    """The files of sources on this machine, each with size and time: they are read when one changes."""
    found: set[tuple[str, int, int]] = set()
    for source in site.sources:
        if source.remote or source.paused or source.kind == "opml":
            continue
        path = Path(source.location)
        base, pattern = (path.parent, path.name) if path.is_absolute() else (site.root, source.location)
        for top in base.glob(pattern):
            for file in (top, *(top.rglob("*") if top.is_dir() else ())):
                seen = file.stat()
                found.add((str(file), seen.st_size, seen.st_mtime_ns))
    return frozenset(found)


def _with_address(state: SourceState | None, address: str) -> SourceState:
    return state if state is not None else SourceState(address=address, polled=0)


@contextmanager
def _heed_signals(stop: Stop) -> Iterator[None]:
    """Turn the first signal into a wish to stop, and time running out into the end of the pass."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        if stop.given:
            return
        stop.give()
        signal.setitimer(signal.ITIMER_REAL, settings.STOP_SECONDS)

    def drop(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGALRM, lambda *_: os._exit(1))
        signal.setitimer(signal.ITIMER_REAL, _LAST_SECONDS)
        raise Dropped

    before = {number: signal.signal(number, ask) for number in _SIGNALS}
    alarm = signal.signal(signal.SIGALRM, drop)
    try:
        yield
    except Dropped:
        pass  # as safe as a kill: the next start goes on
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in {**before, signal.SIGALRM: alarm}.items():
            signal.signal(number, handler)
