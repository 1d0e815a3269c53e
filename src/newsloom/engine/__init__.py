"""How batches are run; nothing here knows of news.

An engine takes a pure function and batches, and gives the results in the order of the batches. Three
are built in: `inline` in this process, `pool` in worker processes that are started anew when one dies, `ray`
in those of a cluster.
"""

from newsloom.engine.contract import Engine, Failed, open_engine
from newsloom.engine.limiting import TimeUpError, limited

__all__ = ["Engine", "Failed", "TimeUpError", "limited", "open_engine"]
