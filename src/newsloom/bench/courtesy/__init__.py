"""The courtesy server: hostile and fragile hosts on loopback that grade the fetcher.

Each case has hosts of its own, a forbidden one among them, and says what the fetcher must do with them. The
same cases are the tests of `fetch/` and what `newsloom bench fetch` prints.
"""

from collections.abc import Iterator

from newsloom.bench.courtesy import answers, gates, lives, manners, redirects, ssrf
from newsloom.bench.courtesy.grading import Outcome, count_groups, grade, run_cases
from newsloom.bench.courtesy.range import Case


def list_cases() -> Iterator[Case]:
    """All cases, group by group."""
    for module in (ssrf, redirects, answers, manners, lives, gates):
        yield from module.list_cases()


__all__ = ["Case", "Outcome", "count_groups", "grade", "list_cases", "run_cases"]
