"""WebSub: feeds that are pushed by hubs instead of being polled.

What uses the store (`exchange` for a pass, `callback` for the server) is imported from its own module: the
store knows what a subscription is.
"""

from newsloom.websub.inbox import Pushed, clear_inbox, has_pushes, take_inbox
from newsloom.websub.subscriptions import Subscription, is_live, polling_ceiling
from newsloom.websub.telling import tell_subscription

__all__ = [
    "Pushed",
    "Subscription",
    "clear_inbox",
    "has_pushes",
    "is_live",
    "polling_ceiling",
    "take_inbox",
    "tell_subscription",
]
