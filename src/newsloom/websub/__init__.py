"""WebSub: feeds that are pushed by hubs instead of being polled.

`exchange` is for a pass, `callback` for the server, `inbox` lies between them; they are imported from their
own modules, so that the server starts without the readers of feeds.
"""

from newsloom.websub.subscriptions import Subscription, is_live, polling_ceiling
from newsloom.websub.telling import tell_subscription

__all__ = ["Subscription", "is_live", "polling_ceiling", "tell_subscription"]
