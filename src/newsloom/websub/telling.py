"""A subscription in words."""

from __future__ import annotations

from newsloom.websub.subscriptions import Subscription, is_live


def tell_subscription(subscription: Subscription | None, now: int) -> str:
    """The subscription in a few words, for a terminal; "" where there is none."""
    if subscription is None:
        return ""
    if is_live(subscription, now):
        heard = f", last push {_tell_span(now - subscription.pushed)} ago" if subscription.pushed else ""
        doubts = f"; {subscription.problem}" if subscription.problem else ""
        return (
            f"pushed by {subscription.hub} for {_tell_span(subscription.expires - now)} more{heard}{doubts}"
        )
    if subscription.ending:
        return f"leaving {subscription.hub}"
    why = f": {subscription.problem}" if subscription.problem else ""
    if subscription.state == "failed":
        later = _tell_span(max(0, subscription.next_try - now))
        return f"polled, {subscription.hub} failed{why}; tried again in {later}"
    return f"polled, {subscription.hub} has not confirmed yet{why}"


def _tell_span(seconds: int) -> str:
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            number = seconds // size
            return f"{number} {name}" + ("s" if number > 1 else "")
    return "a minute"
