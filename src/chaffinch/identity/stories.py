"""Articles without a common name may still be one: the same words under another address, the same story elsewhere.

A wrong yes hides an article from readers, a wrong no shows it twice: so each rule wants several signs at once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from chaffinch.identity.likeness import LEAST, Likeness, likeness, words
from chaffinch.model import Article, Certainty, Draft
from chaffinch.text import normalised

SAME_HOURS = timedelta(hours=6)
"""Between two dates of one article; what comes out again and again is further apart."""
A_FORTNIGHT = timedelta(days=14)
SAME_NEWS = timedelta(days=3)
"""Between the dates of one story in two papers."""
_FIGURES = 4
"""With fewer numbers a text is no table that is filled in anew each day."""


def moved_from(draft: Draft, alike: Sequence[Article], source: str, beside: Collection[str] = ()) -> Article | None:
    """The article of the same source that this draft is under another name; None when there is none.

    An edit by a few words or one that doubled the text is still the same article. A series is not: same frame, and
    other figures, another title, another number in the title, or another day.
    """
    if _too_short(draft.text):
        return None
    own = (one for one in alike if source in one.sources)
    same = (one for one in own if (_is_copy if one.id in beside else _is_same_article)(draft, one))
    return next(same, None)


def same_story(draft: Draft, alike: Sequence[Article], source: str) -> Article | None:
    """The first article of another source that tells the same story; None when there is none.

    Most of the shorter text must stand in the longer one, and the opening of one of them: two reports that share an
    agency's background paragraphs open differently.
    """
    if _too_short(draft.text):
        return None
    same = [one for one in alike if source not in one.sources and _is_same_story(draft, one)]
    return min(same, key=lambda one: (one.first_seen, one.id), default=None)


def _too_short(text: str) -> bool:
    return len(words(text)) < LEAST


def _is_copy(draft: Draft, held: Article) -> bool:
    """Whether one is the other word for word: what a source lists side by side it holds for two articles else."""
    return normalised(draft.title) == normalised(held.title) and normalised(draft.text) == normalised(held.text)


def _is_same_article(draft: Draft, held: Article) -> bool:
    if _too_short(held.text) or _numbers(draft.title) != _numbers(held.title) or _is_of_another(draft, held):
        return False
    alike = likeness(draft.text, held.text)
    if _is_filled_in_anew(alike, draft.text, held.text):
        return False
    apart, same_title = _apart(draft, held), normalised(draft.title) == normalised(held.title)
    if apart is not None and apart > SAME_HOURS:
        return same_title and alike.resemblance >= 0.95 and apart <= A_FORTNIGHT
    if not _titled_alike(draft.title, held.title):
        return alike.resemblance >= 0.99
    grown = alike.containment >= 0.9 and alike.resemblance >= 0.45 and alike.opening >= 0.5
    return grown or alike.resemblance >= (0.75 if apart is None or not same_title else 0.6)


def _is_same_story(draft: Draft, held: Article) -> bool:
    apart = _apart(draft, held)
    if _too_short(held.text) or (apart is not None and apart > SAME_NEWS) or _is_of_another(draft, held):
        return False
    alike = likeness(draft.text, held.text)
    return (
        alike.containment >= 0.7
        and alike.resemblance >= 0.4
        and alike.opening >= 0.5
        and not _is_filled_in_anew(alike, draft.text, held.text)
    )


def _is_of_another(draft: Draft, held: Article) -> bool:
    """Whether each title names what its own text speaks of and the other text never does: one frame, two subjects."""
    mine, theirs = set(words(draft.title)), set(words(held.title))
    said, held_said = set(words(draft.text)), set(words(held.text))
    return bool((mine - theirs) & (said - held_said)) and bool((theirs - mine) & (held_said - said))


def _titled_alike(one: str, other: str) -> bool:
    """Whether a title may be an edit of the other: half of their words are the same."""
    mine, theirs = set(words(one)), set(words(other))
    return 2 * len(mine & theirs) >= len(mine | theirs)


def _is_filled_in_anew(alike: Likeness, one: str, other: str) -> bool:
    """Whether a form was filled in with other figures: tables of results, weather, prices."""
    numbers = min(len(_numbers(one)), len(_numbers(other)))
    return numbers >= _FIGURES and alike.figures < 0.5


def _numbers(text: str) -> frozenset[str]:
    return frozenset(word for word in words(text) if word[0].isdigit())


def _apart(draft: Draft, held: Article) -> timedelta | None:
    """How far their dates of publication are apart; None where one of them is not known."""
    if draft.published is None or held.certainty is Certainty.SEEN:
        return None
    return abs(draft.published - held.published)
