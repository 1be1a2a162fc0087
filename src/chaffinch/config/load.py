"""A file becomes a Config, or a list of all its mistakes."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from chaffinch.config.database import read_url
from chaffinch.config.lines import Lines, Where, problem_of
from chaffinch.config.tables import DigestTable, FeedTable, Fetch, File, Mail, Press, SourceTable, Table, Web
from chaffinch.errors import ConfigError
from chaffinch.model import Access, Digest, Feed, Rules, Source, SourceKind
from chaffinch.text import slugify
from chaffinch.urls import host_of, is_web

_THIS_MACHINE = {"127.0.0.1", "[::1]", "::1", "localhost"}
AnyTable = TypeVar("AnyTable", bound=Table)


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration that holds together: slugs are unique, what is named exists, paths are absolute."""

    path: Path
    press: Press
    sources: tuple[Source, ...]
    feeds: tuple[Feed, ...]
    digests: tuple[Digest, ...]
    mail: Mail
    web: Web
    fetch: Fetch


def load(path: Path) -> Config:
    """The configuration at `path`. Raises ConfigError with every mistake as `config.toml:LINE: KEY: PROBLEM`."""
    try:
        written = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; `chaffinch init` writes a new one") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path.name}: not UTF-8 at byte {error.start}") from error
    return parse(written, path)


def parse(written: str, path: Path) -> Config:
    """The configuration that a text would be at `path`. Raises ConfigError as `load` does."""
    lines = Lines(path.name, written)
    problems = _Problems(lines)
    try:
        file = _validated(tomllib.loads(written), problems)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"(.*) \(at line (\d+), column \d+\)", str(error))
        said = f"{path.name}:{place[2]}: {place[1]}" if place else f"{path.name}: {error}"
        raise ConfigError(said) from error
    if file is None:
        raise ConfigError(*problems.told)
    home = path.resolve().parent
    sources = tuple(_sources(file.source, file.fetch, home, problems))
    feeds = tuple(_feeds(file.feed, {s.slug for s in sources}, problems)) or (Feed("all", file.press.title),)
    digests = tuple(_digests(file.digest, {f.slug for f in feeds}, file.press.language, problems))
    press = _with_database(_rooted(file.press, home), problems)
    if digests and not file.mail.sender:
        problems.add("mail", "from", problem='is missing: letters need a sender, such as "News <news@example.org>"')
    if file.mail.transport == "smtp" and not file.mail.host:
        problems.add("mail", "host", problem="is missing: smtp needs a server")
    if file.web.metrics_bind is not None and _overlap(file.web.bind, file.web.metrics_bind):
        problems.add("web", "metrics_bind", problem="is the address of web.bind: figures are not for everybody")
    if problems.told:
        raise ConfigError(*problems.told)
    return Config(
        path=path.resolve(),
        press=press,
        sources=sources,
        feeds=feeds,
        digests=digests,
        mail=_rooted(file.mail, home),
        web=_rooted(file.web, home),
        fetch=file.fetch,
    )


def _validated(written: dict[str, Any], problems: _Problems) -> File | None:
    """The file's tables. Keys with a mistake are told and left out, so that what is wrong with the others is told too.

    None where a whole table would have to be left out: what names it would be told as a mistake that is none.
    """
    try:
        return File.model_validate(written)
    except ValidationError as error:
        wheres = [cast(Where, tuple(e["loc"])) for e in error.errors()]
        for where, e in zip(wheres, error.errors(), strict=True):
            problems.add(*where, problem=problem_of(dict(e), where))
    try:
        return File.model_validate(_without(written, wheres))
    except ValidationError:
        return None


def _without(written: dict[str, Any], wheres: Iterable[Where]) -> dict[str, Any]:
    """The tables without the keys at these places; of a list with a mistake the whole."""
    left = deepcopy(written)
    for where in wheres:
        table: Any = left
        for part in where[:-1]:
            inner = table[part] if isinstance(table, dict) and part in table else None
            if isinstance(table, list) and isinstance(part, int) and part < len(table):
                inner = table[part]
            if not isinstance(inner, dict) and not (isinstance(inner, list) and inner and isinstance(inner[0], dict)):
                break
            table, where = inner, where[1:]
        if isinstance(table, dict):
            table.pop(where[0], None)
    return left


class _Problems:
    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._told: list[str] = []

    def add(self, *where: str | int, problem: str) -> None:
        self._told.append(self._lines.tell(where, problem))

    @property
    def told(self) -> list[str]:
        """All of them, from the file's first line to its last; those without a line come first."""
        places = (re.match(r"[^:]*:(\d+):", line) for line in self._told)
        numbers = [int(place[1]) if place else 0 for place in places]
        return [line for _, line in sorted(zip(numbers, self._told, strict=True), key=lambda pair: pair[0])]


def _overlap(one: str, other: str) -> bool:
    """Whether two binds are, or may be, the same socket; with port 0 the system gives each its own."""
    (host, _, port), (other_host, _, other_port) = one.rpartition(":"), other.rpartition(":")
    anywhere = {"0.0.0.0", "[::]", "::"}  # noqa: S104 - recognised, not bound to
    same = host == other_host or bool({host, other_host} & anywhere) or {host, other_host} <= _THIS_MACHINE
    return same and int(port) == int(other_port) != 0


def _rooted(table: AnyTable, home: Path) -> AnyTable:
    """The same table with its paths absolute, seen from the folder the config file is in."""
    paths: dict[str, object] = {name: home / value.expanduser() for name, value in table if isinstance(value, Path)}
    for name, value in table:
        if isinstance(value, tuple) and value and isinstance(value[0], Table):
            paths[name] = tuple(_rooted(one, home) for one in value)
    return table.model_copy(update=paths)


def _with_database(press: Press, problems: _Problems) -> Press:
    """The same table with the URL that its file holds."""
    if press.database_url_file is None:
        return press
    if press.database_url is not None:
        problems.add("press", "database_url_file", problem="one of database_url and database_url_file is enough")
        return press
    try:
        return press.model_copy(update={"database_url": read_url(press.database_url_file)})
    except ValueError as error:
        problems.add("press", "database_url_file", problem=str(error))
        return press


def _sources(written: Iterable[SourceTable], fetch: Fetch, home: Path, problems: _Problems) -> Iterable[Source]:
    taken: Counter[str] = Counter()
    for number, table in enumerate(written):
        location, kind = table.location, table.kind
        if is_web(location):
            if kind is SourceKind.FOLDER:
                problems.add("source", number, "kind", problem="a URL is no folder")
        elif re.match(r"[a-z][a-z0-9+.-]*:", location, re.IGNORECASE):
            problems.add("source", number, "location", problem="an http(s) URL or a folder's path is wanted")
        elif kind not in (None, SourceKind.FOLDER):
            problems.add("source", number, "location", problem=f'kind = "{kind}" wants a URL')
        else:
            location, kind = str((home / Path(location).expanduser()).resolve()), SourceKind.FOLDER
        slug = table.slug or _slug_of(location, taken)
        taken[slug] += 1
        if taken[slug] > 1:
            problems.add("source", number, "slug", problem=f'"{slug}" is taken by another source')
        yield Source(
            slug=slug,
            kind=kind,
            location=location,
            title=table.title,
            language=table.language,
            tags=table.tags,
            every=table.every,
            backfill=table.backfill,
            paused=table.paused,
            publish=table.publish,
            images=table.images,
            robots=table.robots == "obey",
            rules=Rules(table.keep, table.drop, table.links),
            include=table.include,
            exclude=table.exclude,
            freshness=table.freshness or fetch.freshness,
            settle=table.settle,
            access=_access(table, number, home, problems),
        )


def _slug_of(location: str, taken: Counter[str]) -> str:
    name = slugify(host_of(location).removeprefix("www.") or Path(location).name, fallback="source")
    slug, number = name, 1
    while taken[slug]:
        number += 1
        slug = f"{name}-{number}"
    return slug


def _access(table: SourceTable, number: int, home: Path, problems: _Problems) -> Access | None:
    def secret(key: str, path: Path | None) -> str:
        if path is None:
            return ""
        try:
            return (home / path).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problems.add("source", number, key, problem=f"cannot be read: {error}")
            return ""

    headers = {}
    for line in secret("headers_file", table.headers_file).splitlines():
        name, colon, value = line.partition(":")
        if colon and re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", name):
            headers[name.strip()] = value.strip()
        elif line.strip():
            problems.add("source", number, "headers_file", problem="each line is wanted as NAME: VALUE")
    cookies = "; ".join(secret("cookies_file", table.cookies_file).split("\n")).strip("; ")
    if cookies:
        headers["Cookie"] = cookies
    password = secret("password_file", table.password_file).strip() or None
    if headers or table.username:
        return Access(headers, table.username, password)
    return None


def _feeds(written: Iterable[FeedTable], sources: set[str], problems: _Problems) -> Iterable[Feed]:
    taken: Counter[str] = Counter()
    for number, table in enumerate(written):
        for name in (table.slug, *table.formerly):
            taken[name] += 1
            if taken[name] > 1:
                problems.add("feed", number, "slug", problem=f'"{name}" is taken by another feed')
        for name in table.sources:
            if name not in sources:
                problems.add("feed", number, "sources", problem=f'no source has the slug "{name}"')
        yield Feed(
            slug=table.slug,
            title=table.title or table.slug.replace("-", " ").capitalize(),
            sources=table.sources,
            tags=table.tags,
            match=table.match,
            language=table.language,
            limit=table.limit,
            formerly=table.formerly,
            retired=table.retired,
            merge=table.merge,
            hub=table.hub or "",
            private=table.private,
        )


def _digests(written: Iterable[DigestTable], feeds: set[str], language: str, problems: _Problems) -> Iterable[Digest]:
    taken: Counter[str] = Counter()
    for number, table in enumerate(written):
        taken[table.slug] += 1
        if taken[table.slug] > 1:
            problems.add("digest", number, "slug", problem=f'"{table.slug}" is taken by another digest')
        for name in table.feeds:
            if name not in feeds:
                problems.add("digest", number, "feeds", problem=f'no feed has the slug "{name}"')
        yield Digest(
            slug=table.slug,
            title=table.title or table.slug.replace("-", " ").capitalize(),
            feeds=table.feeds,
            cadences=table.when,
            timezone=table.timezone,
            max_articles=table.max_articles,
            min_articles=table.min_articles,
            recipients=tuple(dict.fromkeys(table.recipients)),
            approve=table.approve,
            hold=table.hold,
            group_by=table.group_by,
            content=table.content,
            intro=table.intro,
            subject=table.subject,
            sign_up=table.sign_up == "open",
            goodbye=table.goodbye,
            language=table.language or language,
        )
