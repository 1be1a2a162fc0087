"""The tables of config.toml: every key, its type, its default."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from chaffinch.config.database import checked_url
from chaffinch.model import Content, Group, Images, Publish, SourceKind
from chaffinch.urls import ascii_form, is_web

_SLUG = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
_DURATION = re.compile(r"(\d+)\s*(s|m|h|d|w)")
_USUAL_PORTS = {"http": ":80", "https": ":443"}
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def _duration(value: object) -> timedelta:
    """`90s`, `15m`, `2h`, `1d`."""
    if isinstance(value, str) and (match := _DURATION.fullmatch(value.strip())):
        return timedelta(seconds=int(match[1]) * _SECONDS[match[2]])
    raise ValueError('a length of time such as "90s", "15m", "2h" or "1d" is wanted')


def _checked(check: Callable[[str], str]) -> BeforeValidator:
    def validator(value: object) -> str:
        if not isinstance(value, str):
            raise ValueError("a text in quotes is wanted")  # noqa: TRY004 - pydantic collects ValueError only
        return check(value)

    return BeforeValidator(validator)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f'no such time zone: "{name}"; names look like "Europe/Vienna"') from None
    return name


def _address(address: str) -> str:
    try:
        return validate_email(address, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise ValueError(f'"{address}" is no mail address: {error}') from None


def _base_url(url: str) -> str:
    """In its one spelling: feeds' ids begin with it, and ids are compared character by character."""
    parts, written = urlsplit(url), ascii_form(url)
    if not written or parts.query or parts.fragment:
        raise ValueError('an address such as "https://news.example.org" is wanted')
    scheme, _, rest = written.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.removesuffix(_USUAL_PORTS[scheme])}{slash}{path}".rstrip("/")


def _hub(url: str) -> str:
    if not is_web(url):
        raise ValueError('an address such as "https://hub.example.org/" is wanted')
    return url


def _network(value: str) -> str:
    try:
        ip_network(value, strict=False)
    except ValueError:
        raise ValueError(f'"{value}" is no address or network, such as "127.0.0.1" or "10.0.0.0/8"') from None
    return value


def _bind(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise ValueError('HOST:PORT is wanted, such as "127.0.0.1:8750"')
    return value


def _hours(value: str) -> str:
    if value and not re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d", value, re.ASCII):
        raise ValueError('hours such as "22:00-06:00" are wanted')
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Slug = Annotated[str, Field(pattern=_SLUG, max_length=64)]
Zone = Annotated[str, _checked(_zone)]
Address = Annotated[str, _checked(_address)]
BaseUrl = Annotated[str, _checked(_base_url)]
HubUrl = Annotated[str, _checked(_hub)]
Bind = Annotated[str, _checked(_bind)]
DatabaseUrl = Annotated[str, _checked(checked_url)]
Hours = Annotated[str, _checked(_hours)]
Network = Annotated[str, _checked(_network)]


class Table(BaseModel):
    """What every table of the file has in common: unknown keys and wrong types are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class Press(Table):
    """Who publishes, and where its files are. Paths are absolute once loaded."""

    title: str = "Chaffinch"
    base_url: BaseUrl = "http://127.0.0.1:8750"
    contact: Address | None = None
    data_dir: Path = Field(Path("data"), strict=False)
    database_url: DatabaseUrl | None = Field(None, repr=False)
    database_url_file: Path | None = Field(None, strict=False)
    feeds_dir: Path = Field(Path("feeds"), strict=False)
    templates_dir: Path = Field(Path("templates"), strict=False)
    postal_address: str = ""
    imprint_url: str = ""
    privacy_url: str = ""
    language: str = "en"


class Dkim(Table):
    """A key that letters are signed with."""

    domain: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$", max_length=253)]
    selector: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$", max_length=63)]
    key_file: Path = Field(strict=False)


def _keys(value: object) -> object:
    """`dkim = false` signs nothing, as does leaving it out."""
    return () if value is False else value


PRESETS: Mapping[str, Mapping[str, object]] = {
    "fastmail": {"host": "smtp.fastmail.com", "security": "tls"},
    "gmail": {"host": "smtp.gmail.com", "security": "tls", "per_hour": 20},  # 500 a day, or the account is locked
    "mailgun": {"host": "smtp.mailgun.org", "security": "starttls"},
    "postmark": {"host": "smtp-broadcasts.postmarkapp.com", "security": "starttls"},  # the stream for letters to many
    "ses": {"host": "email-smtp.us-east-1.amazonaws.com", "security": "starttls", "per_second": 14.0},
}
"""What `preset` stands for, where nothing else is said."""


class Mail(Table):
    """How letters leave."""

    sender: str = Field("", alias="from")
    transport: Literal["folder", "smtp"] = "folder"
    folder: Path = Field(Path("outbox"), strict=False)
    preset: Literal["fastmail", "gmail", "mailgun", "postmark", "ses"] | None = None
    host: str = ""
    port: int | None = Field(None, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password_file: Path | None = Field(None, strict=False)
    per_second: float | None = Field(None, gt=0, strict=False)
    bounces: Address | None = None
    bounces_maildir: Path | None = Field(None, strict=False)
    bounces_secret_file: Path | None = Field(None, strict=False)
    per_hour: int | None = Field(None, ge=1)
    per_domain: int | None = Field(None, ge=1)
    quiet: Hours = ""
    connections: int = Field(2, ge=1, le=32)
    dkim: Annotated[tuple[Dkim, ...], BeforeValidator(_keys), Field(strict=False)] = ()

    @model_validator(mode="before")
    @classmethod
    def _of_the_preset(cls, written: object) -> object:
        if isinstance(written, dict):
            return {**PRESETS.get(str(written.get("preset")), {}), **written}
        return written

    @property
    def smtp_port(self) -> int:
        """The port given, or the usual one: 465 for tls (RFC 8314), 587 for starttls, 25 for none."""
        return self.port or {"tls": 465, "starttls": 587, "none": 25}[self.security]


class Web(Table):
    """The front door."""

    bind: Bind = "127.0.0.1:8750"
    metrics_bind: Bind | None = None
    trusted_proxies: tuple[Network, ...] = Field((), strict=False)
    status_token_file: Path | None = Field(None, strict=False)
    index: bool = False


class Fetch(Table):
    """How pages are fetched."""

    user_agent: str = ""
    allow_private: tuple[Network, ...] = Field((), strict=False)
    freshness: Literal["fast", "normal", "slow"] = "normal"


Strings = Annotated[tuple[str, ...], Field(strict=False)]


class SourceTable(Table):
    location: str = Field(min_length=1)
    slug: Slug | None = None
    title: str = ""
    kind: SourceKind | None = Field(None, strict=False)
    every: Duration | None = None
    backfill: int = Field(20, ge=0)
    settle: Duration | None = None
    paused: bool = False
    tags: Strings = ()
    language: str | None = None
    publish: Publish = Field(Publish.FULL, strict=False)
    images: Images = Field(Images.LINK, strict=False)
    robots: Literal["obey", "ignore"] = "obey"
    keep: Strings = ()
    drop: Strings = ()
    links: str | None = None
    include: Strings = ()
    exclude: Strings = ()
    headers_file: Path | None = Field(None, strict=False)
    cookies_file: Path | None = Field(None, strict=False)
    username: str | None = None
    password_file: Path | None = Field(None, strict=False)
    freshness: Literal["fast", "normal", "slow"] | None = None


class FeedTable(Table):
    slug: Slug
    title: str = ""
    sources: Strings = ()
    tags: Strings = ()
    match: str = ""
    language: str | None = None
    limit: int = Field(50, ge=1, le=1000)
    merge: bool = True
    hub: HubUrl | None = None
    private: bool = False
    formerly: Strings = ()
    retired: bool = False


class DigestTable(Table):
    slug: Slug
    title: str = ""
    feeds: Strings = ()
    when: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    timezone: Zone = "UTC"
    max_articles: int = Field(20, ge=1, le=200)
    min_articles: int = Field(1, ge=1)
    recipients: Annotated[tuple[Address, ...], Field(strict=False)] = ()
    approve: bool = False
    hold: Duration | None = None
    group_by: Group | None = Field(None, strict=False)
    content: Content = Field(Content.LEAD, strict=False)
    intro: str = ""
    subject: str = ""
    sign_up: Literal["open", "closed"] = "open"
    goodbye: bool = False
    language: str | None = None


class File(Table):
    press: Press = Press()
    source: Annotated[tuple[SourceTable, ...], Field(strict=False)] = ()
    feed: Annotated[tuple[FeedTable, ...], Field(strict=False)] = ()
    digest: Annotated[tuple[DigestTable, ...], Field(strict=False)] = ()
    mail: Mail = Mail()
    web: Web = Web()
    fetch: Fetch = Fetch()
