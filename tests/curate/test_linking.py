from newsloom.curate.linking import Group, link_groups, measure_likeness


def single(*, story: bool = False) -> Group:
    return Group(size=1, square=1.0, texts=0, latest=0.0, story=story)


def margin(one: Group, other: Group, dot: float) -> float:
    return measure_likeness(one, other, dot) - 0.5


def edges(size: int, pairs: dict[tuple[int, int], float]) -> list[dict[int, float]]:
    table: list[dict[int, float]] = [{} for _ in range(size)]
    for (one, other), dot in pairs.items():
        table[one][other] = table[other][one] = dot
    return table


def test_like_articles_are_joined_and_others_are_not() -> None:
    roots = link_groups([single(), single(), single()], edges(3, {(0, 1): 0.8, (1, 2): 0.1}), margin)
    assert roots[0] == roots[1] != roots[2]


def test_a_chain_of_weak_links_does_not_hold() -> None:
    pairs = {(0, 1): 0.6, (1, 2): 0.55}
    roots = link_groups([single() for _ in range(3)], edges(3, pairs), margin)
    assert roots[0] == roots[1] != roots[2]


def test_two_existing_stories_are_never_joined_but_take_the_likest_article() -> None:
    groups = [single(), single(story=True), single(story=True)]
    roots = link_groups(groups, edges(3, {(0, 1): 0.7, (0, 2): 0.9, (1, 2): 1.0}), margin)
    assert roots == [2, 1, 2]


def test_empty_vectors_join_nothing() -> None:
    empty = Group(size=1, square=0.0, texts=0, latest=0.0)
    assert measure_likeness(empty, single(), 0.0) == 0
