"""A new article waits until its text has stood for a while."""

from datetime import UTC, datetime, timedelta

from chaffinch.identity import held_back
from chaffinch.identity.holding import LONGEST
from chaffinch.model import Certainty, Draft, Kind

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
TEN = timedelta(minutes=10)


def draft(text: str, published: datetime | None = NOW) -> Draft:
    return Draft(
        "https://a.example/1", (), Kind.ARTICLE, title="Ferry", text=text, published=published, certainty=Certainty.SURE
    )


def test_without_patience_nothing_is_held() -> None:
    assert held_back(draft("one"), None, None, NOW) is None


def test_it_comes_out_when_its_words_have_stood() -> None:
    first = held_back(draft("one"), None, TEN, NOW)
    assert first is not None

    too_early = held_back(draft("one"), first, TEN, NOW + timedelta(minutes=5))

    assert first.until == NOW + TEN
    assert too_early == first
    assert held_back(draft("ONE!"), first, TEN, NOW + TEN) is None


def test_other_words_begin_the_waiting_anew_but_not_for_ever() -> None:
    held = held_back(draft("0", None), None, TEN, NOW)

    for look in range(1, LONGEST):
        assert held is not None
        held = held_back(draft(str(look), None), held, TEN, NOW + look * TEN)
        assert held is not None
        assert held.until == NOW + (look + 1) * TEN

    assert held_back(draft("last", None), held, TEN, NOW + LONGEST * TEN) is None


def test_what_was_published_long_ago_has_stood() -> None:
    assert held_back(draft("one", NOW - timedelta(days=2)), None, TEN, NOW) is None
