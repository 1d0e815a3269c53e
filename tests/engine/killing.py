"""Kills workers of the pool at random moments."""

import multiprocessing
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def killing(kill: Callable[[], bool], times: int, every: float) -> Iterator[list[bool]]:
    """Have `kill` kill so many times, at random moments; what is given counts the kills."""
    dice, killed, over = random.Random(), [], threading.Event()

    def run() -> None:
        while len(killed) < times and not over.wait(dice.uniform(0.2, 1.8) * every):
            if kill():
                killed.append(True)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def kill_pool_worker() -> bool:
    """Kill a random worker process of this one, if there is any."""
    alive = multiprocessing.active_children()
    if alive:
        random.choice(alive).kill()
    return bool(alive)
