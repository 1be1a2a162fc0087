"""A letter is judged by the rules that mailbox providers and standards set for bulk mail.

Two tables hold the rules: `headrules` for the header block and the form of the message, `bodyrules` for what is read.
A rule marked `words` is one that the words of an article could break; `frame` leaves those out, so that no article can
keep an issue from going out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chaffinch.errors import TemplateError
from chaffinch.mailing.bodyrules import BODY_RULES
from chaffinch.mailing.headrules import HEAD_RULES
from chaffinch.mailing.opened import opened
from chaffinch.mailing.rules import Profile, Rule, Weight


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that the letter does not keep."""

    rule: str
    weight: Weight
    found: str
    """What is wrong, in a few words; with what was seen."""

    def __str__(self) -> str:
        return f"{self.weight.value} {self.rule}: {self.found}"


RULES: tuple[Rule, ...] = (*HEAD_RULES, *BODY_RULES)


def lint(message: bytes, now: datetime, *, local: bool = False, frame: bool = False) -> tuple[Finding, ...]:
    """What is wrong with a message, the worst first.

    `local` is for letters that stay on this machine: https and keys are not asked for. `frame` judges only what
    headers and templates say, not the words of articles.
    """
    letter, profile = opened(message), Profile(now, local)
    broken = (
        Finding(rule.name, rule.weight, wrong)
        for rule in RULES
        if not (frame and rule.words) and not (local and rule.away) and (wrong := rule.wrong(letter, profile))
    )
    return tuple(sorted(broken, key=lambda finding: finding.weight is Weight.WARN))


def judge(message: bytes, now: datetime, *, local: bool) -> None:
    """Refuse a letter that must not leave, whatever its articles say. Raises TemplateError with what is wrong."""
    if wrong := failures(lint(message, now, local=local, frame=True)):
        said = "; ".join(f"{finding.rule}: {finding.found}" for finding in wrong[:3])
        raise TemplateError(f"the letter would be refused ({said}); see `chaffinch digest lint`")


def failures(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those because of which a letter must not leave."""
    return tuple(finding for finding in found if finding.weight is Weight.FAIL)
