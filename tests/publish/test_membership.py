"""Which articles a feed holds, in which order."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.errors import ConfigError
from chaffinch.model import Article, Feed
from chaffinch.publish.matching import parse_match
from chaffinch.publish.membership import holds, selection

ArticleOf = Callable[..., Article]


@pytest.mark.parametrize(
    ("feed", "held"),
    [
        (Feed("f", "F"), True),
        (Feed("f", "F", sources=("wire", "other")), True),
        (Feed("f", "F", sources=("other",)), False),
        (Feed("f", "F", tags=("Mail",)), True),
        (Feed("f", "F", tags=("sport",)), False),
        (Feed("f", "F", language="en"), True),
        (Feed("f", "F", language="en-US"), False),
        (Feed("f", "F", language="de"), False),
        (Feed("f", "F", match="ferry"), True),
        (Feed("f", "F", match="zeppelin"), False),
        (Feed("f", "F", sources=("wire",), match="zeppelin"), False),
    ],
)
def test_a_feed_holds_what_fits_all_its_wishes(feed: Feed, held: bool, article_of: ArticleOf) -> None:
    assert holds(feed, article_of()) is held


def test_a_hidden_article_is_in_no_feed(article_of: ArticleOf) -> None:
    assert not holds(Feed("f", "F"), article_of(hidden=True))


def test_the_newest_come_first_and_the_limit_cuts_the_oldest(article_of: ArticleOf) -> None:
    articles = [article_of(n) for n in (3, 1, 2, 4)]

    chosen = selection(Feed("f", "F", limit=3), articles)

    assert [article.key for article in chosen] == ["k1", "k2", "k3"]


def test_of_the_same_date_the_one_seen_later_comes_first(article_of: ArticleOf, morning: datetime) -> None:
    early = article_of(1, published=morning, first_seen=morning)
    late = article_of(2, published=morning, first_seen=morning + timedelta(minutes=1))

    assert [a.key for a in selection(Feed("f", "F"), [early, late])] == ["k2", "k1"]


def test_an_article_given_twice_stands_once(article_of: ArticleOf) -> None:
    assert len(selection(Feed("f", "F"), [article_of(), article_of()])) == 1


@pytest.mark.parametrize(
    ("expression", "text", "wanted"),
    [
        ("syria OR iran", "Talks in Iran", True),
        ("syria OR iran", "Iranian talks", False),
        ("ice dam", "the dam made of ice", True),
        ('"ice dam"', "the dam made of ice", False),
        ('"ice dam"', "An ICE-DAM broke", True),
        ("harbour AND NOT sport", "harbour news", True),
        ("harbour AND NOT sport", "harbour sport", False),
        ("harbour NOT (sport OR cup)", "the harbour cup", False),
        ("a OR b c", "a", True),
        ("a OR b c", "b", False),
        ("NOT NOT ferry", "the ferry", True),
        ("or", "this or that", True),
        ("café", "CAFÉ open", True),
        ("東京", "今日東京で会議", True),
    ],
)
def test_a_match_reads_like_a_search(expression: str, text: str, wanted: bool) -> None:
    assert parse_match(expression)(text) is wanted


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("(syria", "a parenthesis is not closed"),
        ("syria)", "a closing parenthesis has no opening one"),
        ('"ice dam', "a quotation mark is not closed"),
        ("syria OR", "a word is wanted at the end"),
        ("AND syria", "a word is wanted before AND"),
        ("()", "a word is wanted before )"),
        ("syria & iran", "& holds no word"),
        ("", "a word is wanted at the end"),
        ("(" * 500 + "a" + ")" * 500, "more than 30 levels deep"),
        ("NOT " * 500 + "a", "more than 30 levels deep"),
    ],
)
def test_a_bad_match_says_what_is_wrong(expression: str, problem: str) -> None:
    with pytest.raises(ConfigError, match="match: ") as caught:
        parse_match(expression)

    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text(alphabet='ab ()"ANDORNOT', max_size=30))
def test_any_expression_is_understood_or_refused(expression: str) -> None:
    problem = ""
    try:
        parse_match(expression)("a b")
    except ConfigError as error:
        problem = str(error)

    assert problem == "" or problem.startswith("match: ")
