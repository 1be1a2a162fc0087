"""Each letter is rendered once and then addressed to everyone who shares it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from chaffinch.clock import Clock
from chaffinch.config import Press
from chaffinch.mailing import letter, lint, message
from chaffinch.mailing.message import Letterhead, Message, Plate
from chaffinch.model import Digest
from chaffinch.pages import Templates
from chaffinch.ports import Parcel

_KEPT = 32


class Scribe:
    """Writes the messages of one digest. Safe to share between threads."""

    def __init__(
        self,
        head: Letterhead,
        digest: Digest,
        press: Press,
        templates: Templates,
        titles: Mapping[str, str],
        clock: Clock,
        local: bool = True,
    ) -> None:
        """`titles` are what the sources are called, by slug; `local` says that letters stay on this machine."""
        self._head, self._digest, self._press = head, digest, press
        self._templates, self._titles, self._clock = templates, titles, clock
        self._local = local
        self._turn = Lock()
        self._plates: OrderedDict[tuple[object, ...], Plate] = OrderedDict()

    def __call__(self, parcel: Parcel) -> Message:
        """The message for one claimed delivery. Raises TemplateError, or ValueError for an impossible address.

        The first one of each rendering is judged before it leaves.
        """
        return message.address(self._plate(parcel), parcel.subscription, self._clock())

    def _plate(self, parcel: Parcel) -> Plate:
        shown = (parcel.letter_id, *(article.key for article in parcel.letter.articles if not article.hidden))
        with self._turn:
            plate = self._plates.get(shown)
            if plate is None:
                rendered = letter.render(
                    parcel.letter, self._digest, self._press, self._templates, self._head.secret, self._titles
                )
                plate = message.set_plate(self._head, self._digest, str(parcel.letter.issue.number), rendered)
                now = self._clock()
                lint.judge(message.address(plate, parcel.subscription, now).content, now, local=self._local)
                self._plates[shown] = plate
                if len(self._plates) > _KEPT:
                    self._plates.popitem(last=False)
            return plate
