"""Work of the network's loop that ends when somebody wishes it to."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


async def work_until(work: Coroutine[Any, Any, None], stop: asyncio.Event) -> None:
    """Do the work, or what can be done of it until `stop` is set. Raises what the work raises."""
    working = asyncio.ensure_future(work)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait([working, stopped], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        working.cancel()
        stopped.cancel()
        await asyncio.gather(working, stopped, return_exceptions=True)
