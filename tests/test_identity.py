"""Settling: what a draft is to the articles we hold."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chaffinch.identity import settle
from chaffinch.model import Certainty, Change, Draft, Kind

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
BODY = " ".join(f"word{number}" for number in range(120))


def draft(**changes: Any) -> Draft:
    plain = Draft(
        url="https://gazette.example/harbour",
        aliases=("guid:wire:1", "url://gazette.example/harbour"),
        kind=Kind.ARTICLE,
        title="Harbour opens",
        text=BODY,
        html=f"<p>{BODY}</p>",
        published=NOW - timedelta(days=1),
        certainty=Certainty.SURE,
    )
    return replace(plain, **changes)


def test_a_draft_that_nobody_knows_is_a_new_article() -> None:
    settled = settle(draft(), (), NOW, "gazette.example")

    assert settled.change is Change.NEW
    assert settled.article is not None
    assert settled.article.id == f"tag:gazette.example,2026:{settled.article.key}"
    assert settled.article.published == NOW - timedelta(days=1)
    assert settled.article.first_seen == NOW


def test_the_same_names_mint_the_same_id_again_after_a_loss() -> None:
    first = settle(draft(), (), NOW, "gazette.example").article
    again = settle(draft(title="Another title", text="other"), (), LATER, "gazette.example").article

    assert first is not None
    assert again is not None
    assert first.id == again.id


def test_an_undated_article_is_dated_when_we_first_see_it() -> None:
    article = settle(draft(published=None), (), NOW, "gazette.example").article

    assert article is not None
    assert (article.published, article.certainty) == (NOW, Certainty.SEEN)


def test_a_date_in_the_future_is_brought_back_to_now() -> None:
    article = settle(draft(published=NOW + timedelta(days=400)), (), NOW, "gazette.example").article

    assert article is not None
    assert article.published == NOW


def test_an_edit_moves_updated_and_keeps_id_and_date() -> None:
    held = settle(draft(), (), NOW, "gazette.example").article
    assert held is not None

    settled = settle(draft(text=BODY + " and a correction"), (held,), LATER, "elsewhere.example")

    assert settled.change is Change.UPDATED
    assert settled.article is not None
    assert (settled.article.id, settled.article.published) == (held.id, held.published)
    assert settled.article.updated == LATER


def test_another_case_or_spacing_is_no_edit() -> None:
    held = settle(draft(), (), NOW, "gazette.example").article
    assert held is not None

    settled = settle(draft(text=BODY.upper().replace(" ", "\n")), (held,), LATER, "gazette.example")

    assert (settled.change, settled.article) == (Change.UNCHANGED, held)


def test_an_image_address_that_changes_with_each_visit_is_no_change() -> None:
    first = draft(html=f'<p>{BODY}</p><img src="https://cdn.example/a?token=1" alt="">')
    held = settle(first, (), NOW, "gazette.example").article
    assert held is not None

    again = replace(first, html=first.html.replace("token=1", "token=2"))

    assert settle(again, (held,), LATER, "gazette.example").article == held


def test_better_markup_of_the_same_words_is_taken_without_an_update() -> None:
    held = settle(draft(), (), NOW, "gazette.example").article
    assert held is not None

    settled = settle(draft(html=f"<h2>Part</h2><p>{BODY}</p>"), (held,), LATER, "gazette.example")

    assert settled.change is Change.UNCHANGED
    assert settled.article is not None
    assert settled.article.html.startswith("<h2>")
    assert settled.article.updated == held.updated


def test_an_extraction_that_lost_most_of_an_article_does_not_replace_it() -> None:
    held = settle(draft(), (), NOW, "gazette.example").article
    assert held is not None

    settled = settle(draft(text="Please enable cookies"), (held,), LATER, "gazette.example")

    assert settled.change is Change.WORSE
    assert settled.article is not None
    assert settled.article.text == BODY
    assert settled.reason == "3 words where 120 are held: the old version is kept"


def test_what_is_no_article_gives_none_and_the_reason() -> None:
    settled = settle(draft(kind=Kind.INDEX, why="38 links, no paragraph"), (), NOW, "gazette.example")

    assert (settled.change, settled.article, settled.reason) == (
        Change.NOT_AN_ARTICLE,
        None,
        "38 links, no paragraph",
    )


def test_a_new_name_joins_the_ones_the_article_has() -> None:
    held = settle(draft(), (), NOW, "gazette.example").article
    assert held is not None

    settled = settle(draft(aliases=("url://gazette.example/moved",)), (held,), LATER, "gazette.example")

    assert settled.article is not None
    assert set(settled.article.aliases) == {*held.aliases, "url://gazette.example/moved"}


@given(
    texts=st.lists(st.text(max_size=200), min_size=1, max_size=6),
    published=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_whatever_comes_identity_and_date_stay_and_updated_never_goes_back(
    texts: list[str], published: datetime
) -> None:
    article = settle(draft(published=published.replace(tzinfo=UTC)), (), NOW, "gazette.example").article
    assert article is not None

    for step, text in enumerate(texts, 1):
        now = NOW + timedelta(hours=step)
        after = settle(draft(text=text, updated=published.replace(tzinfo=UTC)), (article,), now, "x.example").article
        assert after is not None
        assert (after.id, after.published, after.first_seen) == (article.id, article.published, article.first_seen)
        assert article.updated <= after.updated <= now
        article = after
