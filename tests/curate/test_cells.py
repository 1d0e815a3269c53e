import random

import numpy as np

from newsloom.curate.cells import Cells
from newsloom.curate.shelf import OpenStory, Vector, open_story
from newsloom.settings import STORY_NEIGHBOURS


def vector(*terms: int) -> Vector:
    weights = np.full(len(terms), len(terms) ** -0.5, np.float32) if terms else np.empty(0, np.float32)
    return Vector(np.array(terms, np.uint32), weights, 5.0)


def story(*terms: int) -> OpenStory:
    return open_story("", vector(*terms))


def scattered(count: int) -> list[Vector]:
    dice = random.Random(5)
    return [vector(*dice.sample(range(1, 1 << 31), 12)) for _ in range(count)]


def test_an_article_goes_where_its_story_lives() -> None:
    cells = Cells(16)
    for number, item in enumerate(scattered(200), start=1):
        cells.enter(number, open_story("", item))
    home = cells.enter(1_000, story(11, 12, 13, 14, 15))
    (route,) = cells.route([(vector(12, 13, 14, 99), True)])
    assert route.home == home


def test_articles_of_one_event_meet_though_nothing_is_known_of_it() -> None:
    routes = Cells(16).route(
        [(vector(1, 2, 3, 4), True), (vector(5, 6, 7), True), (vector(2, 3, 4, 9), True)]
    )
    assert routes[0].home == routes[2].home != routes[1].home


def test_an_article_between_two_cells_asks_both() -> None:
    cells = Cells(4)
    one, other = cells.enter(1, story(1, 2, 3, 4)), cells.enter(2, story(11, 12, 13, 14))
    assert one != other
    (route,) = cells.route([(vector(1, 2, 3, 11, 12, 13), True)])
    assert set(route.cells) == {one, other}


def test_no_article_asks_more_than_a_few_neighbours() -> None:
    cells = Cells(64)
    for number in range(1, 65):
        cells.enter(number, story(number, 7_000_000 + number))
    (route,) = cells.route([(vector(*range(1, 25)), False)])
    assert len(route.neighbours) <= STORY_NEIGHBOURS


def test_cells_fill_evenly_even_with_stories_of_one_kind() -> None:
    cells = Cells(8)
    for number in range(1, 801):
        cells.enter(number, story(1, 2, 3, 1_000 + number))
    assert max(cells.loads) <= 2 * 100 + 8 + 1
    assert sum(cells.loads) == 800


def test_a_story_that_grows_stays_where_it_lives() -> None:
    cells = Cells(8)
    home = cells.enter(1, story(1, 2, 3))
    assert cells.enter(1, story(7, 8, 9)) == home
    (route,) = cells.route([(vector(7, 8, 9), True)])
    assert route.home == home
    assert sum(cells.loads) == 1


def test_what_left_and_what_was_routed_leaves_nothing_behind() -> None:
    cells = Cells(8)
    home = cells.enter(1, story(1, 2, 3))
    cells.route([(item, True) for item in scattered(50)])
    assert cells.leave(1) == home
    assert cells.leave(1) is None
    assert cells.loads == [0] * 8
    assert cells.probe(story(1, 2, 3)).neighbours == ()


def test_an_article_without_terms_has_a_home_and_no_neighbours() -> None:
    cells = Cells(8)
    cells.enter(1, story())
    (route,) = cells.route([(vector(), False)])
    assert route.neighbours == ()
