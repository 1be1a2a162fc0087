"""The same article under another name, the same story elsewhere, and what only looks alike."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.identity import settle, sketch
from chaffinch.identity.likeness import likeness
from chaffinch.model import Article, Certainty, Change, Draft, Kind, Settlement

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
WORDS = [f"{a}{b}{c}" for a in "bdfgklmnprstv" for b in ("a", "ei", "o", "u") for c in ("l", "n", "rd", "st", "m")]


def prose(seed: int, words: int) -> str:
    """A text of its own, in sentences, the same one for the same seed."""
    random = Random(seed)
    said = [random.choice(WORDS) for _ in range(words)]
    return " ".join(word + ("." if place % 11 == 10 else "") for place, word in enumerate(said))


def edited(text: str, share: float, seed: int = 9) -> str:
    random = Random(seed)
    return " ".join(random.choice(WORDS) if random.random() < share else word for word in text.split())


def draft(text: str, *, title: str = "Harbour opens again", days: float = 0, name: str = "b") -> Draft:
    return Draft(
        url=f"https://gazette.example/{name}",
        aliases=(f"guid:wire:{name}", f"url://gazette.example/{name}"),
        kind=Kind.ARTICLE,
        title=title,
        text=text,
        html=f"<p>{text}</p>",
        published=NOW + timedelta(days=days),
        certainty=Certainty.SURE,
    )


def held(text: str, *, title: str = "Harbour opens again", source: str = "wire", name: str = "a") -> Article:
    article = settle(draft(text, title=title, name=name), (), NOW, "press.example").article
    assert article is not None
    return replace(article, sources=(source,))


def settled(found: Draft, alike: Sequence[Article], source: str = "wire") -> Settlement:
    return settle(found, (), NOW + timedelta(days=30), "press.example", alike=alike, source=source)


STORY = prose(1, 300)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (STORY, "Harbour opens again"),
        (edited(STORY, 0.02), "Harbour opens again"),
        (edited(STORY, 0.02), "Harbour opens again at noon"),
        (STORY + " " + prose(2, 100), "Harbour opens again"),
        (STORY + " " + prose(2, 280), "Harbour opens again"),
        (STORY.upper(), "Somebody rewrote the headline of this"),
    ],
    ids=["moved", "edited", "edited with its title", "grown by a third", "nearly doubled", "another headline"],
)
def test_an_article_under_another_address_and_guid_keeps_its_id(text: str, title: str) -> None:
    before = held(STORY)

    after = settled(draft(text, title=title), [before])

    assert after.change in (Change.UNCHANGED, Change.UPDATED)
    assert after.article is not None
    assert (after.article.id, after.article.published) == (before.id, before.published)
    assert {"guid:wire:a", "guid:wire:b"} <= set(after.article.aliases)
    assert after.article.url == "https://gazette.example/b"


BACKGROUND = prose(5, 160)
FRAME = prose(6, 120)


def filled(figures: Sequence[int]) -> str:
    """A form whose numbers are other ones each time."""
    parts = FRAME.split(". ")
    return ". ".join(f"{part} {figure}" for part, figure in zip(parts, [*figures, *[7] * len(parts)], strict=False))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (draft("Short and sweet.", title="Note"), draft("Short and sweet.", title="Note")),
        (
            draft(prose(7, 80) + " " + BACKGROUND, title="Talks begin"),
            draft(prose(8, 80) + " " + BACKGROUND, title="Talks end"),
        ),
        (draft(filled(range(10, 20)), title="Tides"), draft(filled(range(40, 50)), title="Tides")),
        (draft(STORY, title="Weather for 4 May"), draft(edited(STORY, 0.03), title="Weather for 5 May")),
        (draft(STORY, title="Shipping forecast"), draft(edited(STORY, 0.04), title="Shipping forecast", days=1)),
        (draft(STORY, title="Fair winner in Saltmere"), draft(edited(STORY, 0.03), title="Who came first at Low Quay")),
        (draft(STORY, title="We are hiring"), draft(STORY, title="We are hiring", days=40)),
        (draft(prose(3, 300)), draft(prose(4, 300))),
    ],
    ids=["short", "agency background", "figures", "numbered", "daily", "same frame", "long ago", "another text"],
)
def test_what_only_looks_alike_stays_apart_in_one_source(one: Draft, other: Draft) -> None:
    before = held(one.text, title=one.title)

    assert settled(other, [before]).change is Change.NEW


def test_a_story_in_another_source_is_an_article_of_its_own_linked_to_the_first() -> None:
    first = held(STORY, source="agency")

    copied = settled(draft("LONDON " + edited(STORY, 0.02), title="Another headline"), [first])
    third = replace(first, key="third", story=first.key, first_seen=NOW + timedelta(hours=1), sources=("other",))
    again = settled(draft(STORY, name="c"), [third])

    assert copied.change is Change.NEW
    assert copied.article is not None
    assert copied.article.story == first.key
    assert again.article is not None
    assert again.article.story == first.key


def test_a_shortened_copy_is_the_same_story() -> None:
    first = held(STORY, source="agency")

    copied = settled(draft(" ".join(STORY.split()[:160])), [first])

    assert copied.article is not None
    assert copied.article.story == first.key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (prose(7, 60) + " " + BACKGROUND, prose(8, 60) + " " + BACKGROUND),
        (STORY, " ".join(STORY.split()[200:280])),
        (STORY, "Short and sweet."),
        (filled(range(10, 20)), filled(range(40, 50))),
    ],
    ids=["agency background", "a quotation", "short", "figures"],
)
def test_what_only_looks_alike_is_another_story(one: str, other: str) -> None:
    found = settled(draft(other), [held(one, source="agency")])

    assert found.article is not None
    assert (found.change, found.article.story) == (Change.NEW, "")


def test_a_story_of_last_week_is_not_todays() -> None:
    found = settled(draft(STORY, days=7), [held(STORY, source="agency")])

    assert found.article is not None
    assert found.article.story == ""


def test_two_copies_on_one_site_do_not_take_turns() -> None:
    first = held(STORY)
    joined = settled(draft(STORY + " " + prose(2, 60)), [first]).article
    assert joined is not None

    again = settle(draft(STORY, name="a"), [joined], NOW + timedelta(days=31), "press.example")

    assert again.change is Change.UNCHANGED
    assert again.article is not None
    assert (again.article.text, again.article.updated) == (joined.text, joined.updated)


def test_alike_texts_share_hashes_and_others_do_not() -> None:
    mine = set(sketch(STORY))

    assert len(mine & set(sketch(edited(STORY, 0.02)))) > 8
    assert mine & set(sketch(STORY + " " + prose(2, 280)))
    assert not mine & set(sketch(prose(3, 300)))
    assert sketch("too short") == ()


def test_texts_without_blanks_are_compared_by_character() -> None:
    one = "".join(chr(0x4E00 + (place * place * 31) % 900) for place in range(200))

    assert len(sketch(one)) > 0
    assert likeness(one, one[:150]).containment == 1.0


@given(st.text(max_size=400), st.text(max_size=400))
def test_likeness_is_the_same_from_both_sides_and_never_out_of_bounds(one: str, other: str) -> None:
    seen = likeness(one, other)

    assert seen == likeness(other, one)
    assert all(0 <= share <= 1 for share in (seen.resemblance, seen.containment, seen.opening, seen.figures))


def test_one_frame_with_two_subjects_is_two_articles_and_two_stories() -> None:
    marigold, petrel = f"The marigold came home. {STORY}", f"The petrel came home. {STORY}"
    alike = held(marigold, title="The Marigold returns to the harbour")
    elsewhere = replace(alike, sources=("agency",))

    beside = settled(draft(petrel, title="The Petrel returns to the harbour"), [alike])
    abroad = settled(draft(petrel, title="The Petrel returns to the harbour"), [elsewhere])

    assert beside.change is Change.NEW
    assert abroad.article is not None
    assert (abroad.change, abroad.article.story) == (Change.NEW, "")


def test_what_its_source_lists_beside_another_is_not_that_other() -> None:
    other = held(STORY)

    alone = settle(draft(edited(STORY, 0.02)), (), NOW, "press.example", alike=[other], source="wire")
    listed = settle(
        draft(edited(STORY, 0.02)), (), NOW, "press.example", alike=[other], beside={other.id}, source="wire"
    )
    copied = settle(draft(STORY), (), NOW, "press.example", alike=[other], beside={other.id}, source="wire")

    assert (alone.change, listed.change, copied.change) == (Change.UPDATED, Change.NEW, Change.UNCHANGED)


def test_an_edit_that_makes_it_the_same_story_links_the_two() -> None:
    ours, theirs = held(prose(5, 200)), held(STORY, source="courier", name="c")

    told = settle(
        draft(edited(STORY, 0.02), name="a"), (ours,), NOW, "press.example", alike=(theirs, ours), source="wire"
    )

    assert told.change is Change.UPDATED
    assert told.article is not None
    assert (told.article.id, told.article.story) == (ours.id, theirs.key)


def test_a_look_again_links_what_was_never_linked() -> None:
    ours, theirs = held(STORY), held(edited(STORY, 0.02), source="courier", name="c")

    told = settle(draft(STORY, name="a"), (ours,), NOW, "press.example", alike=(ours, theirs), source="wire")

    assert told.change is Change.UNCHANGED
    assert told.article is not None
    assert (told.article.story, told.article.updated) == (theirs.key, ours.updated)


def test_an_article_is_no_other_copy_of_itself() -> None:
    ours = held(STORY, source="courier")

    told = settle(draft(STORY, name="a"), (ours,), NOW, "press.example", alike=(ours,), source="wire")

    assert told.article is not None
    assert told.article.story == ""


def test_a_story_once_told_is_kept_and_a_worse_extraction_joins_none() -> None:
    ours, theirs = replace(held(STORY), story="first"), held(prose(7, 200), source="courier", name="c")
    whole = held(prose(8, 400) + " " + STORY)
    short = held(STORY, source="courier", name="d")

    kept = settle(draft(prose(7, 200), name="a"), (ours,), NOW, "press.example", alike=(theirs,), source="wire")
    worse = settle(draft(STORY[:700], name="a"), (whole,), NOW, "press.example", alike=(short,), source="wire")

    assert kept.article is not None
    assert kept.article.story == "first"
    assert worse.change is Change.WORSE
    assert worse.article is not None
    assert worse.article.story == ""
