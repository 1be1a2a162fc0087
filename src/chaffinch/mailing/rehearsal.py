"""Every letter of a digest is written once for nobody, with empty, ordinary and hostile articles.

So a template that an owner changed is seen to fail before a subscriber does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from chaffinch.config import Press
from chaffinch.errors import TemplateError
from chaffinch.mailing import letter, lint, message, notes
from chaffinch.mailing.message import Letterhead
from chaffinch.mailing.notes import Note
from chaffinch.model import Article, Digest, Issue, IssueState, Letter, Subscription
from chaffinch.pages import Templates

_HOSTILE = (
    "</style></td></table><script>alert(1)</script>{{ 7 * 7 }}{% endif %} &amp; \u202e\u0000 %s {0} {title} "
    + "\u0639\u0628\u0627\u0631\u0629 \U0001f6a2 " * 30
)


def rehearse(
    digest: Digest, press: Press, templates: Templates, head: Letterhead, now: datetime, *, local: bool
) -> Iterator[str]:
    """What is wrong with the templates, a line each; nothing when all is well."""
    for name, articles in _casts(now).items():
        issue = Issue(0, digest.slug, digest.cadences[0], now, 1, IssueState.HELD, now, articles, note=name)
        shown = Letter(issue, articles)
        for desk_url in ("", f"{press.base_url}/desk/rehearsal"):
            try:
                rendered = letter.render(shown, digest, press, templates, head.secret, {}, desk_url)
                _judge(rendered, digest, head, now, local)
            except TemplateError as error:
                yield f"digest {digest.slug}, with {name} articles: {error}"
    for note in Note:
        try:
            _judge(notes.render(note, digest, press, templates, head.secret), digest, head, now, local)
        except TemplateError as error:
            yield f"digest {digest.slug}, {note} letter: {error}"


def _judge(rendered: letter.Rendered, digest: Digest, head: Letterhead, now: datetime, local: bool) -> None:
    plate = message.set_plate(head, digest, "rehearsal", rendered)
    nobody = Subscription("rehearsal", "nobody@example.org", digest.slug, digest.cadences[0])
    lint.judge(message.address(plate, nobody, now).content, now, local=local)


def _casts(now: datetime) -> dict[str, tuple[Article, ...]]:
    empty = Article("tag:example.org,2026:0", "a0", "", (), "", now, now, now)
    hostile = replace(
        empty,
        url="https://example.org/" + "a" * 2000,
        title=_HOSTILE,
        byline=_HOSTILE,
        publisher=_HOSTILE,
        lead=_HOSTILE,
        html=f"<p>{_HOSTILE}</p>",
        text=_HOSTILE,
        tags=(_HOSTILE,),
        language="x-none",
    )
    plain = replace(empty, title="A title", lead="A few words.", html="<p>A few words.</p>", text="A few words.")
    several = tuple(replace(plain, id=f"{plain.id}{n}", key=f"a{n}", title=f"A title {n}") for n in range(8))
    return {"ordinary": several, "empty": (empty,), "hostile": (hostile, empty)}
