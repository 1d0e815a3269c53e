"""How batches are run; nothing here knows of news.

An engine takes a pure function and batches, and gives the results in the order of the batches. Two
are built in: `inline` in this process, `pool` in worker processes that are rebuilt when one dies.
"""

from newsloom.engine.contract import Engine, Failed, open_engine

__all__ = ["Engine", "Failed", "open_engine"]
