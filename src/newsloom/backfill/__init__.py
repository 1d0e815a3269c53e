"""Old news taken in from archives: WARC files of a folder or an object store, read once and for all.

Pages are refused early and cheaply where the site does not want them (`looking`); what is kept goes through
passes like any other draft. How far the reading has come is noted after every few records (`ledger`).
"""

from newsloom.backfill.account import Account
from newsloom.backfill.filling import fill

__all__ = ["Account", "fill"]
