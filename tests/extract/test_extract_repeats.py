"""What a site repeats is dropped, but not what gives form to an article's own text."""

import pytest

from chaffinch.extract import by_repeats, extractor, segment, tree
from chaffinch.model import Page, Reference, Repeats, Rules
from chaffinch.text import fingerprint

OWN = "<p>The first boat came home before the evening bell, and the harbour master wrote down the hour of it.</p>"
OTHER = "<p>The second one lay a mile out until the tide turned, because nobody had thought of the new sandbank.</p>"


def dropped(body: str, repeated: dict[str, int], pages: int = 20) -> list[str]:
    """The texts that are taken for repetition on a page of which these texts stand on so many pages."""
    blocks = segment.cut(tree.parse(f"<html><body>{body}</body></html>"), "https://quay.example/a").blocks
    seen = Repeats(pages, {fingerprint(text): count for text, count in repeated.items()})
    return [block.text for block, said in zip(blocks, by_repeats.verdicts(blocks, seen), strict=True) if said]


@pytest.mark.parametrize(
    "body",
    [
        f"{OWN}<h2>Conclusion</h2>{OTHER}",
        f"{OWN}<p>Pros:</p>{OTHER}",
        "<h3>What we like</h3><ul><li>The quiet engine</li><li>A dry cabin</li></ul>",
        "<h3>Results</h3><table><tr><td>Boat</td><td>Hours</td></tr><tr><td>Plover</td><td>19</td></tr></table>",
    ],
    ids=["a heading", "a label", "above a list", "above a table"],
)
def test_a_recurring_heading_above_the_pages_own_text_is_left_to_other_stages(body: str) -> None:
    assert dropped(body, {"Conclusion": 12, "Pros:": 12, "What we like": 12, "Results": 12, "Boat": 12}) == []


def test_a_recurring_heading_above_links_or_repeated_text_goes() -> None:
    body = (
        f"{OWN}<h2>More from us</h2><ul><li><a href='/b'>Nine boats came home early</a></li><li><a href='/c'>A calm day"
        f"</a></li></ul><h2>Stay informed</h2><p>One letter a week, on Fridays, with what happened at the quay.</p>"
    )
    letter = "One letter a week, on Fridays, with what happened at the quay."

    assert dropped(body, {"More from us": 12, "Stay informed": 12, letter: 12}) == [
        "More from us", "Stay informed", letter,
    ]  # fmt: skip


def test_a_recurring_cell_stays_in_a_table_of_the_pages_own_and_goes_with_a_repeated_one() -> None:
    rows = (("Boat", "Plover"), ("Cabin", "Yes"), ("Hours", "19"))
    own = f"<table>{''.join(f'<tr><td>{one}</td><td>{other}</td></tr>' for one, other in rows)}</table>"
    again = "<table><tr><td>Monday</td><td>Yes</td></tr><tr><td>Tuesday</td><td>No</td></tr></table>"
    repeated = dict.fromkeys(("Boat", "Cabin", "Yes", "Hours", "Monday", "Tuesday", "No"), 12)

    assert dropped(own, repeated) == []
    assert dropped(again, repeated) == ["Monday", "Yes", "Tuesday", "No"]


@pytest.mark.parametrize(("count", "goes"), [(4, False), (12, True)])
def test_a_short_sentence_in_the_midst_of_the_text_needs_a_fourth_of_the_pages(count: int, goes: bool) -> None:
    said = "He declined to comment."

    assert (said in dropped(f"{OWN}<p>{said}</p>{OTHER}", {said: count})) is goes
    assert said in dropped(f"{OWN}<p>{said}</p><p>Share this</p>", {said: count})


PLEA = "We take no money from the port, and we never will, so if these notes are of use to you, please buy us a coffee."


@pytest.mark.parametrize(
    ("count", "own", "score", "goes"),
    [
        (12, 0.99, 0.8, True), (12, 0.99, 0.97, False), (12, 0.9, 0.8, False), (12, 0.99, None, False),
        (16, 0.99, 0.97, True), (16, 0.99, 0.985, False),
    ],
)  # fmt: skip
def test_what_repetition_alone_may_not_take_goes_where_the_classifier_doubts_it(
    count: int, own: float, score: float | None, goes: bool
) -> None:
    blocks = segment.cut(tree.parse(f"<html><body>{OWN}<p>{PLEA}</p></body></html>"), "https://quay.example/a").blocks
    seen = Repeats(20, {fingerprint(PLEA): count})

    assert by_repeats.verdicts(blocks, seen) == [None, None]
    first, second = by_repeats.Repetition(blocks, seen).doubted([own, score])
    assert (first, second is not None) == (None, goes)


def test_the_classifier_adds_nothing_where_repetition_may_take_it_all() -> None:
    blocks = segment.cut(
        tree.parse(f"<html><body>{OWN}{OTHER * 3}<p>{PLEA}</p></body></html>"), "https://quay.example/a"
    ).blocks

    assert by_repeats.Repetition(blocks, Repeats(5, {fingerprint(PLEA): 5})).doubted([0.1] * len(blocks)) == [
        None
    ] * len(blocks)


def test_a_plea_that_every_page_has_goes_from_a_short_article() -> None:
    story = f"<article><h1>A calm day</h1>{OWN}{OTHER}</article><div class=support><p>{PLEA}</p></div>"
    body = f"<html><head><title>A calm day</title></head><body><nav><a href=/>Home</a></nav>{story}</body></html>"
    page = Page("https://quay.example/a", body.encode(), "text/html")

    def text(seen: Repeats) -> str:
        return extractor.extract(Reference(page.url), page, Rules(), seen).text

    assert PLEA in text(Repeats())
    assert PLEA not in text(Repeats(5, {fingerprint(PLEA): 5}))
