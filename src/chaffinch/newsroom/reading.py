"""Pages and dumps are read on their own, without a press: what `extract` and `explain` do."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from chaffinch.errors import ChaffinchError, InputError
from chaffinch.extract.children import Children
from chaffinch.extract.repeats import learned
from chaffinch.model import Draft, Kind, Outline, Page, Reference, Repeats, Rules
from chaffinch.pipeline import attempt
from chaffinch.ports import Fetcher
from chaffinch.sources.files import Files
from chaffinch.sources.folder import SUFFIXES, natural, stem
from chaffinch.urls import host_of, is_web

WITNESSES = 200
"""Pages of one site that are compared to learn what it repeats, at most."""


@dataclass(frozen=True, slots=True)
class Input:
    """One page to read."""

    id: str
    """The file's name up to `.html` or `.txt`, or the URL."""
    reference: Reference
    load: Callable[[], Page] = field(repr=False)
    site: str
    """Inputs of one site teach each other what it repeats; empty: nobody's."""


def inputs_of(names: Sequence[str], urls: Mapping[str, str], fetcher: Callable[[], Fetcher]) -> Iterator[Input]:
    """What the names on a command line mean: URLs, files, folders (their files, by name).

    `urls` maps a file's name, or its id, to the address it was saved from. Raises InputError for what is not there.
    """
    for name in names:
        if is_web(name):
            yield Input(name, Reference(name), lambda name=name: fetcher().get(name), host_of(name))  # type: ignore[misc]  # a default argument binds it
            continue
        path = Path(name)
        if path.is_dir():
            found = (p for p in path.rglob("*") if p.name.lower().endswith(SUFFIXES) and not p.name.startswith("."))
            files = sorted(found, key=lambda p: natural(str(p.relative_to(path))))
            if not files:
                raise InputError(f"{path}: holds no .html, .html.gz or .txt file")
        elif path.is_file():
            files = [path]
        else:
            raise InputError(f"{path}: there is no such file or folder")
        yield from (_file(file, urls) for file in files)


def read_urls(path: Path) -> Mapping[str, str]:
    """The JSON object of file name → URL. Raises InputError."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as JSON: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(url, str) for url in found.values()):
        raise InputError(f"{path}: an object of file name → URL is wanted")
    return found


def extracted(inputs: Sequence[Input], children: Children, threads: int) -> Iterator[tuple[Input, Draft]]:
    """A draft for each input, in the given order. What cannot be read gives one without a name that says why."""
    sites: dict[str, list[Input]] = defaultdict(list)
    for each in inputs:
        if each.site:
            sites[each.site].append(each)
    with ThreadPoolExecutor(threads) as pool:
        repeats = {
            site: learned(outline for outline in pool.map(_outline_with(children), members[:WITNESSES]) if outline)
            for site, members in sites.items()
            if len(members) > 1
        }

        def one(each: Input) -> Draft:
            page = attempt(each.load)
            if isinstance(page, ChaffinchError):
                return _unread(page)
            known = repeats.get(each.site, Repeats())
            draft = attempt(children.extract, each.reference, page, Rules(), known)
            return _unread(draft) if isinstance(draft, ChaffinchError) else draft

        yield from zip(inputs, pool.map(one, inputs), strict=True)


def _outline_with(children: Children) -> Callable[[Input], Outline | None]:
    def outline(each: Input) -> Outline | None:
        page = attempt(each.load)
        found = page if isinstance(page, ChaffinchError) else attempt(children.outline, page)
        return None if isinstance(found, ChaffinchError) else found

    return outline


def _file(path: Path, urls: Mapping[str, str]) -> Input:
    name = stem(path.name)
    url = urls.get(path.name) or urls.get(name) or ""
    dump = path.name.lower().endswith(".txt")
    site = host_of(url) if url else (str(path.parent) if dump else "")
    local = path.resolve()

    def load() -> Page:
        page = Files(local.parent).get(local.as_uri())
        return Page(url, page.body, page.media_type, page.charset, page.fetched, told=page.told) if url else page

    return Input(name, Reference(url or local.as_uri()), load, site)


def _unread(error: ChaffinchError) -> Draft:
    return Draft(url="", aliases=(), kind=Kind.ERROR, why=str(error))
