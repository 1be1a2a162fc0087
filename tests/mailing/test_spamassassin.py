"""SpamAssassin takes our letters for what they are."""

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from chaffinch.config import Press
from chaffinch.mailing import letter, message, notes
from chaffinch.mailing.dkim import Key
from chaffinch.mailing.notes import Note
from chaffinch.model import Article, Digest, Issue, Letter, Subscription
from chaffinch.pages import Templates

SPAMASSASSIN = shutil.which("spamassassin")


@pytest.mark.skipif(SPAMASSASSIN is None, reason="SpamAssassin is not installed")
def test_no_letter_has_points_against_it(
    press: Press,
    digest: Digest,
    issue: Callable[..., Issue],
    article: Callable[..., Article],
    subscription: Subscription,
    secret: bytes,
    keys: tuple[Key, ...],
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    head = message.letterhead("Brackwater <digest@press.example.org>", press.base_url, secret, "e@example.org", keys)
    articles = tuple(article(number) for number in range(1, 9))
    drawn = {
        "digest": letter.render(Letter(issue(*articles), articles), digest, press, Templates(), secret, {}),
        "confirm": notes.render(Note.CONFIRM, digest, press, Templates(), secret),
    }

    points = {}
    for name, one in drawn.items():
        raw = message.address(message.set_plate(head, digest, name, one), subscription, now).content
        told = subprocess.run([str(SPAMASSASSIN), "-L", "-t"], input=raw, capture_output=True, check=True).stdout
        found = re.search(rb"Content analysis details:\s+\((-?[\d.]+) points", told)
        assert found, told[-2000:]
        points[name] = float(found[1])

    assert max(points.values()) <= 0, points
