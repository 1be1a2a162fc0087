"""Children: work is done elsewhere, may fail there, and the pool goes on."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from chaffinch.errors import ConfigError, ExtractError
from chaffinch.extract.children import Children, Inline
from chaffinch.model import Kind, Page, Reference, Repeats, Rules

URL = "https://site.example/a"
PAGE = Page(
    URL,
    b"<h1>A calm day at sea</h1>"
    + b"<p>The sea was calm all day, and the boats came home before the evening bell.</p>" * 3,
)


def sleep_long() -> None:
    time.sleep(60)


def take_memory() -> int:
    return len(bytearray(1 << 33))


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    pool = Children(2, deadline=5.0)
    yield pool
    pool.close()


def test_a_child_does_what_would_be_done_here(children: Children) -> None:
    asked = (Reference(URL), PAGE, Rules(), Repeats())

    assert children.extract(*asked) == Inline().extract(*asked)
    assert children.outline(PAGE) == Inline().outline(PAGE)


def test_many_threads_share_the_children(children: Children) -> None:
    with ThreadPoolExecutor(8) as threads:
        drafts = list(threads.map(lambda _: children.extract(Reference(URL), PAGE, Rules(), Repeats()), range(40)))

    assert {draft.kind for draft in drafts} == {Kind.ARTICLE}


def test_a_page_beyond_measure_is_told_as_it_is(children: Children) -> None:
    with pytest.raises(ExtractError, match="too long"):
        children.extract(Reference(URL), Page(URL, b"a" * 13_000_000, "text/html"), Rules(), Repeats())


def test_a_bad_selector_is_the_owners_mistake(children: Children) -> None:
    with pytest.raises(ConfigError, match="no CSS selector"):
        children.extract(Reference(URL), PAGE, Rules(drop=("p[",)), Repeats())


@pytest.mark.parametrize(("work", "problem"), [(take_memory, "memory"), (die, "died")])
def test_a_child_that_fails_leaves_the_others_usable(children: Children, work: object, problem: str) -> None:
    with pytest.raises(ExtractError, match=problem):
        children._call(URL, work)  # type: ignore[arg-type] # what no page should make a child do

    assert children.extract(Reference(URL), PAGE, Rules(), Repeats()).kind is Kind.ARTICLE


def test_a_child_that_takes_too_long_is_stopped() -> None:
    pool = Children(1, deadline=0.1)

    with pytest.raises(ExtractError, match="took more than"):
        pool._call(URL, sleep_long)
    pool.close()
