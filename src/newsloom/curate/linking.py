"""Agglomeration: articles of one batch and the open stories, joined pair by pair, likest first.

The likeness of two groups is the geometric mean of average link (the mean likeness of their pairs)
and of the cosine of their centroids: average link alone breaks large, varied stories apart, centroids
alone swallow their neighbours. Both follow from sums of dot products, so a merge updates its
neighbours exactly (G. Lance and W. Williams, 1967). Two existing stories are never joined.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

Edges = list[dict[int, float]]
_Entry = tuple[float, int, int, int, int]


class Group(Struct):
    """One story or article while groups are joined.

    `square` is the squared length of the sum of its articles' vectors, `texts` how many of them have
    a text, `latest` the day of the newest. `story` marks one that existed before.
    """

    size: int
    square: float
    texts: int
    latest: float
    story: bool = False

    @property
    def scale(self) -> float:
        """What dot products with this group are divided by."""
        return math.sqrt(self.size * math.sqrt(self.square)) if self.square > 0 else math.inf


Margin = Callable[[Group, Group, float], float]


def measure_likeness(one: Group, other: Group, dot: float) -> float:
    """Give the likeness of two groups, 0 to 1, from the dot product of their vectors' sums."""
    return dot / (one.scale * other.scale)


def link_groups(groups: Sequence[Group], edges: Edges, margin: Margin) -> list[int]:
    """Join groups as long as a pair's margin is not negative; the place of each group's root.

    `edges[a][b]` is the dot product of groups `a` and `b`, kept both ways; pairs that are missing are
    0. Groups and edges are changed. Equal margins are decided by place, so the outcome hangs on the
    order of `groups` alone. Cost: O(E log E) for E edges, times the merges an edge lives through.
    """
    roots, versions = list(range(len(groups))), [0] * len(groups)
    heap: list[_Entry] = []
    for one, neighbours in enumerate(edges):
        _push(
            heap,
            groups,
            {other: dot for other, dot in neighbours.items() if other > one},
            one,
            versions,
            margin,
        )
    heapq.heapify(heap)
    while heap:
        _, one, other, version, other_version = heapq.heappop(heap)
        if versions[one] != version or versions[other] != other_version:
            continue  # one of the two has grown since; a newer entry stands for the pair
        if groups[other].story:
            one, other = other, one
        _merge(groups, edges, one, other)
        roots[other] = one
        versions[one] += 1
        versions[other] = -1
        fresh: list[_Entry] = []
        _push(fresh, groups, edges[one], one, versions, margin)
        for entry in fresh:
            heapq.heappush(heap, entry)
    return [_find_root(roots, place) for place in range(len(groups))]


def _push(
    heap: list[_Entry],
    groups: Sequence[Group],
    neighbours: Mapping[int, float],
    one: int,
    versions: Sequence[int],
    margin: Margin,
) -> None:
    """Note every pair of a group that may be joined."""
    group = groups[one]
    for other, dot in neighbours.items():
        if group.story and groups[other].story:
            continue
        value = margin(group, groups[other], dot)
        if value >= 0:
            low, high = (one, other) if one < other else (other, one)
            heap.append((-value, low, high, versions[low], versions[high]))


def _merge(groups: Sequence[Group], edges: Edges, one: int, other: int) -> None:
    """Let `one` swallow `other`: sizes, dot products and times become those of the union."""
    into, gone = groups[one], groups[other]
    into.square += gone.square + 2 * edges[one].pop(other)
    into.size += gone.size
    into.texts += gone.texts
    into.latest = max(into.latest, gone.latest)
    edges[other].pop(one)
    for neighbour, dot in edges[other].items():
        edges[one][neighbour] = edges[one].get(neighbour, 0.0) + dot
        edges[neighbour][one] = edges[one][neighbour]
        del edges[neighbour][other]
    edges[other] = {}


def _find_root(roots: list[int], place: int) -> int:
    while roots[place] != place:
        roots[place] = roots[roots[place]]
        place = roots[place]
    return place
