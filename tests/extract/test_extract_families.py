"""What class and id names speak of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.extract import families

NAMES = st.lists(st.text(alphabet="adeimnostu-_1ß", max_size=9), max_size=4).map(" ".join)


def told(names: str) -> set[str]:
    bits = families.of([names])[0]
    return {family for bit, family in enumerate(families.FAMILIES) if bits >> bit & 1}


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("", set()),
        ("site-ad ads2", {"advert"}),
        ("shadow roadmap", set()),
        ("post-date", {"main", "date"}),
        ("poster postal timeline", set()),
        ("item items-2", {"card"}),
        ("news-text newsletter_box", {"article", "body", "newsletter"}),
        ("meta metal tag tagged stage", {"date", "tags"}),
    ],
)
def test_parts_of_names_tell_where_they_are_words_of_their_own(names: str, said: set[str]) -> None:
    assert told(names) == said


@given(st.lists(NAMES, max_size=6))
def test_names_looked_up_together_say_what_each_says_alone(called: list[str]) -> None:
    assert families.of(called) == [families.of([names])[0] for names in called]
