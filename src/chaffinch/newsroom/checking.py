"""What is wrong, or unwise, in a config that reads well by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from chaffinch.clock import system_clock
from chaffinch.config import Config, Mail
from chaffinch.errors import ChaffinchError, TemplateError
from chaffinch.fetch.guard import Guard, is_loopback
from chaffinch.mailing.cadence import parse
from chaffinch.mailing.message import letterhead
from chaffinch.mailing.rehearsal import rehearse
from chaffinch.model import SourceKind
from chaffinch.newsroom.transports import keys_of, stays_here
from chaffinch.pages import Templates
from chaffinch.pages.catalogues import read as read_catalogue
from chaffinch.publish.matching import parse_match

_OWN_RETURN_PATH = frozenset({"mailgun", "postmark", "ses"})
"""Relays that put a return path of their own into letters."""
_FREE: Mapping[str, str] = {
    "aol.com": "",
    "fastmail.com": "fastmail",
    "gmail.com": "gmail",
    "googlemail.com": "gmail",
    "gmx.de": "",
    "hotmail.com": "",
    "icloud.com": "",
    "outlook.com": "",
    "web.de": "",
    "yahoo.com": "",
}
"""Domains of mailbox providers that let nobody else send for them (DMARC), and the preset by which one may."""


def problems_of(config: Config) -> Sequence[str]:
    """What would fail later: templates that do not compile, matches that cannot be read, letters nobody could use."""
    templates = Templates(config.press.templates_dir)
    found = list(broken_templates(templates))
    for feed in config.feeds:
        if feed.match:
            _try(found, partial(parse_match, feed.match), f"feed {feed.slug}: ")
    for digest in config.digests:
        for cadence in digest.cadences:
            _try(found, partial(parse, cadence), f"digest {digest.slug}: ")
    _try(found, partial(Guard, config.fetch.allow_private))
    if config.mail.sender:
        _try(found, partial(letterhead, config.mail.sender, config.press.base_url, b""))
    _try(found, partial(keys_of, config.mail))
    if not found and config.mail.sender:
        found += _letters_of(config, templates)
    parts = urlsplit(config.press.base_url)
    unreachable = parts.scheme != "https" or is_loopback(parts.hostname or "")
    if config.mail.transport == "smtp" and config.digests and unreachable:
        found.append(
            f"press.base_url: {config.press.base_url} cannot be reached from a letter; "
            'with transport = "smtp" an https address is wanted'
        )
    return found


def broken_templates(templates: Templates) -> Sequence[str]:
    """Templates that do not compile, and catalogues of translations that cannot be used, a line each."""
    found: list[str] = []
    for name in templates.names():
        if name.endswith((".html", ".txt")):
            _try(found, partial(templates.compile, name))
    return [*found, *_words_of(templates)]


def warnings_of(config: Config) -> Sequence[str]:
    """What works, and is unwise or unlawful in places."""
    found = []
    if config.digests and not config.press.postal_address:
        found.append("press.postal_address is missing: many countries want one in every letter")
    found += _unwise_of_mail(config.mail)
    found += [
        f"source {source.slug}: {source.location} is no folder yet"
        for source in config.sources
        if source.kind is SourceKind.FOLDER and not Path(source.location).is_dir()
    ]
    return found


def _unwise_of_mail(mail: Mail) -> Iterator[str]:
    if mail.preset == "ses" and mail.dkim:
        yield "mail.dkim: ses writes Date and Message-ID anew, which breaks our signatures; let it sign instead"
    if mail.preset and not mail.username:
        yield f"mail.username is missing: {mail.preset} takes letters only from who signs in"
    if mail.preset in _OWN_RETURN_PATH and mail.bounces_maildir:
        yield f"mail.bounces_maildir: bounces go to {mail.preset}, which can tell them to bounces_secret_file's address"
    domain = mail.sender.rpartition("@")[2].rstrip("> ").lower()
    if domain in _FREE and mail.transport == "smtp" and mail.preset != _FREE[domain]:
        yield f"mail.from: letters from {domain} that its own servers did not send are refused; use a domain of yours"


def _words_of(templates: Templates) -> Iterator[str]:
    """What is wrong with the catalogues of translations, sentence by sentence."""
    for path in templates.translations():
        try:
            yield from read_catalogue(path).problems
        except TemplateError as error:
            yield str(error)


def _letters_of(config: Config, templates: Templates) -> Iterator[str]:
    """Every letter that would be sent, written for nobody."""
    mail, press = config.mail, config.press
    head = letterhead(mail.sender, press.base_url, b"rehearsal", press.contact or "", keys_of(mail))
    https = stays_here(mail) or not press.base_url.startswith("https:")  # another line tells of a missing https
    for digest in config.digests:
        yield from rehearse(digest, press, templates, head, system_clock(), local=https)


def _try(found: list[str], check: Callable[[], object], where: str = "") -> None:
    try:
        check()
    except ChaffinchError as error:
        found.append(f"{where}{error}")
