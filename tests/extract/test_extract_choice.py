"""The choice of blocks: one threshold a page, neighbours that help in doubt, a forest that stops when it is sure."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from chaffinch.extract import by_classifier, extractor, segment, sequence, tree
from chaffinch.extract.forest import Forest
from chaffinch.model import Block, Kind, Page, Reference, Repeats, Rules, Verdict

URL = "https://forum.example/t/masts/7"
POSTS = "".join(
    f"<div class=post><p>The {name} mast stood the storm well, and its owner says that he would buy it again.</p></div>"
    for name in ("first", "second", "third", "last")
)


def chosen(scores: list[float]) -> list[Verdict]:
    block = Block("html/body/p", "p", "x", "x", 20)
    cut = segment.Cut([block for _ in scores])
    return [verdict[0] for verdict in by_classifier.verdicts(cut, scores) if verdict]


def test_a_block_in_doubt_goes_with_sure_neighbours() -> None:
    assert chosen([0.98, 0.4, 0.97])[1] is Verdict.CONTENT
    assert chosen([0.98, 0.4, 0.6])[1] is Verdict.BOILERPLATE
    assert chosen([0.98, 0.1, 0.97])[1] is Verdict.BOILERPLATE


def test_a_page_of_which_nothing_is_sure_keeps_more() -> None:
    sure = by_classifier.best_threshold(np.array([0.99, 0.99, 0.01]), np.array([50.0, 50.0, 50.0]))
    doubted = by_classifier.best_threshold(np.array([0.4, 0.35, 0.3]), np.array([50.0, 50.0, 50.0]))

    assert doubted < 0.4 < sure


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 500)), min_size=1, max_size=30))
def test_the_threshold_stays_within_bounds(blocks: list[tuple[float, int]]) -> None:
    chances, words = np.array([c for c, _ in blocks]), np.array([float(w) for _, w in blocks])

    assert 0.2 <= by_classifier.best_threshold(chances, words) <= 0.55


def stumps(values: list[float]) -> Forest:
    """Trees of one question each: is the row's only column above a half?"""
    column, threshold, child, value = [], [], [], []
    for at, high in enumerate(values):
        root = 3 * at
        column += [0, 0, 0]
        threshold += [0.5, 0.0, 0.0]
        child += [root + 1, root + 2, root + 1, root + 1, root + 2, root + 2]
        value += [0.0, -high, high]
    whole = [np.array(each, dtype=np.intp) for each in (column, child, range(0, 3 * len(values), 3))]
    return Forest(
        whole[0], np.array(threshold, dtype=np.float32), whole[1], np.array(value, dtype=np.float32), whole[2], 1
    )


@settings(deadline=None)
@given(arrays.arrays(np.float32, st.tuples(st.integers(1, 20), st.just(1)), elements=st.floats(0, 1, width=32)))
def test_a_forest_says_the_same_whether_it_stops_early_or_not(rows: np.ndarray) -> None:
    early, late = stumps([4.0, 0.1, 0.1]).log_odds(rows), stumps([0.1, 0.1, 4.0]).log_odds(rows)

    assert ((early > 0) == (late > 0)).all()
    assert ((early > 0) == (rows[:, 0] > 0.5)).all()


def reader(says: float) -> sequence.Reader:
    """A network that always says the same."""

    def nothing(*shape: int) -> sequence.Floats:
        return np.zeros(shape, dtype=np.float32)

    said = np.array([says], dtype=np.float32)
    no_words = nothing(0, 0)
    return sequence.Reader(
        no_words, (nothing(1, 2), nothing(2)), (), (nothing(4, 2), nothing(2)), 9, (nothing(2, 1), said)
    )


def test_forest_and_networks_have_the_same_weight() -> None:
    readers = sequence.Readers({}, [reader(-1.0), reader(-2.0)])
    one = np.ones(1, dtype=np.float32)
    model = by_classifier.Model(("words",), stumps([0.5, 0.5, 0.5]), readers, one, one)
    rows = np.array([[0.0], [1.0], [1.0]], dtype=np.float32)

    chances = model.chances(["a", "b", "c"], rows, [0, 2])

    assert np.log(chances / (1 - chances)).tolist() == pytest.approx([(-1.5 - 1.5) / 2, 0.0], abs=1e-6)


@pytest.mark.parametrize(("log_odds", "is_asked"), [(2.5, False), (1.5, True)])
def test_networks_are_asked_only_of_a_page_of_which_the_forest_is_not_sure(log_odds: float, is_asked: bool) -> None:
    readers = sequence.Readers({}, [reader(-100.0)])
    one = np.ones(1, dtype=np.float32)
    model = by_classifier.Model(("words",), stumps([log_odds, 0.0, 0.0]), readers, one, one)

    chances = model.chances(["a", "b"], np.array([[0.0], [20.0]], dtype=np.float32), [0, 1])

    assert chances[0] < 0.5
    assert bool(chances[1] < 0.5) is is_asked


@given(arrays.arrays(np.float32, (3, 2), elements=st.floats(width=32, allow_nan=False, allow_infinity=False)))
def test_no_number_is_too_large_for_a_network(rows: np.ndarray) -> None:
    middle, spread = np.array([0.0, 3.0], dtype=np.float32), np.array([1.0, 0.5], dtype=np.float32)

    scaled = by_classifier.scaled(rows, middle, spread)

    assert np.abs(scaled).max() <= 4


def test_a_thread_that_stands_in_noscript_is_read() -> None:
    body = f"<html><head><title>Masts</title></head><body><script>1</script><noscript>{POSTS}</noscript></body></html>"

    draft = extractor.extract(Reference(URL), Page(URL, body.encode(), "text/html"), Rules(), Repeats())

    assert draft.kind is Kind.ARTICLE
    assert draft.text.count("mast stood the storm") == 4


def test_a_hint_in_noscript_is_no_text() -> None:
    cut = segment.cut(tree.parse("<body><noscript><p>Please enable JavaScript.</p></noscript></body>"), URL)

    assert cut.blocks == []
