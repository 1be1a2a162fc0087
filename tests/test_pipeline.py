"""The line: whatever one article does, the others go through, and nothing done is lost."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from chaffinch.errors import ChaffinchError, ExtractError, FetchError, ReadError
from chaffinch.model import (
    Draft,
    Kind,
    Listing,
    Outline,
    Page,
    Reference,
    Refresh,
    Repeats,
    Rules,
    Source,
    SourceKind,
    SourceState,
    Validators,
)
from chaffinch.pipeline import refresh
from chaffinch.store.articles import Articles
from chaffinch.store.database import Database
from chaffinch.store.office import Office
from chaffinch.store.sources import Sources
from tests.databases import Where

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
WIRE = Source(slug="wire", kind=SourceKind.FEED, location="https://wire.example/feed")


@dataclass
class Web:
    """What stands on the web, what fails of it, and what was asked for."""

    pages: dict[str, str]
    fails: dict[str, ChaffinchError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def get(self, url: str, validators: Validators | None = None) -> Page:
        self.asked.append(url)
        if url in self.fails:
            raise self.fails[url]
        return Page(url, self.pages[url].encode(), "text/html", "utf-8")

    def listing(self, source: Source, state: SourceState, fetcher: object) -> Listing:
        if source.location in self.fails:
            raise self.fails[source.location]
        references = [Reference(url, guid=url, revision=body) for url, body in self.pages.items()]
        return Listing(tuple(references), state)


class Words:
    """An extractor that takes the page for the article, and fails where it says so."""

    cut: int | None = None
    """How many words it finds, at most."""

    def outline(self, page: Page) -> Outline:
        return Outline(page.url, (1,))

    def extract(self, reference: Reference, page: Page, rules: Rules, repeats: Repeats) -> Draft:
        text = " ".join(page.body.decode().split(" ")[: self.cut])
        if text.startswith("slow"):
            raise ExtractError(f"{page.url}: no end after 20 seconds")
        kind = Kind.SHELL if text.startswith("shell") else Kind.ARTICLE
        names = (f"guid:{reference.guid}", f"url:{page.url}")
        return Draft(page.url, names, kind, "it needs JavaScript", title=f"On {text[:20]}", text=text, html=text)


@dataclass
class Press:
    """A store on disk and a clock to turn."""

    database: Database
    now: datetime = START

    def refresh(self, web: Web, source: Source = WIRE, stop_after: int | None = None) -> Refresh:
        Sources(self.database).sync([source], [])
        office = Office(
            self.database, lambda: self.now, "press.example", lambda _: ["news"], self.next_visit, lambda _: Repeats()
        )
        desk = office.open(source)
        assert desk is not None
        left = iter(range(stop_after)) if stop_after is not None else None
        return refresh(
            desk,
            read=web.listing,
            fetcher=web,
            extractor=Words(),
            now=self.now,
            stop=lambda: left is not None and next(left, None) is None,
        )

    def next_visit(self, source: Source, state: SourceState, outcome: object) -> datetime:
        return self.now + timedelta(hours=1)

    def next_visit_of(self, slug: str) -> datetime | None:
        return next(health.next_at for health in Sources(self.database).health() if health.slug == slug)

    def titles(self) -> list[str]:
        return sorted(article.title for article in Articles(self.database).newest())


@pytest.fixture
def press(where: Where) -> Iterable[Press]:
    database = Database(where)
    yield Press(database)
    database.close()


def test_everything_listed_becomes_an_article_once(press: Press) -> None:
    web = Web({f"https://wire.example/{n}": f"story {n}" for n in range(5)})

    first = press.refresh(web)
    second = press.refresh(web)

    assert (first.new, first.failed, second.new, second.fetched) == (5, 0, 0, 0)
    assert len(web.asked) == 5
    assert len(press.titles()) == 5


def test_one_bad_article_does_not_stop_the_others(press: Press) -> None:
    pages = {"https://wire.example/a": "first", "https://wire.example/b": "slow", "https://wire.example/c": "shell"}
    dead = "https://wire.example/d"
    web = Web({**pages, dead: "", "https://wire.example/e": "last"}, {dead: FetchError(f"{dead}: no answer")})

    done = press.refresh(web)

    assert press.titles() == ["On first", "On last"]
    assert (done.new, done.failed, done.passed_over) == (2, 2, 1)
    assert any("no answer" in problem for problem in done.problems)


def test_a_source_that_cannot_be_read_still_gets_its_unfinished_pages_done(press: Press) -> None:
    web = Web({"https://wire.example/a": "first"}, {"https://wire.example/a": FetchError("a: 500")})
    press.refresh(web)
    web.fails = {WIRE.location: ReadError("wire: it is HTML")}
    press.now += timedelta(hours=1)

    done = press.refresh(web)

    assert press.titles() == ["On first"]
    assert done.problems == ("wire: it is HTML",)


@pytest.mark.parametrize("stop_after", range(12))
def test_a_stop_at_any_place_loses_nothing_and_doubles_nothing(press: Press, stop_after: int) -> None:
    web = Web({f"https://wire.example/{n}": f"story {n}" for n in range(3)})

    press.refresh(web, stop_after=stop_after)
    press.refresh(web)

    assert press.titles() == ["On story 0", "On story 1", "On story 2"]
    assert len(web.asked) == 3


def test_the_owners_words_decide_what_is_taken(press: Press) -> None:
    web = Web({"https://wire.example/a": "harbour opens", "https://wire.example/b": "harbour horoscope"})
    choosy = replace(WIRE, include=("harbour",), exclude=("horoscope",))

    done = press.refresh(web, choosy)

    assert press.titles() == ["On harbour opens"]
    assert done.passed_over == 1


def test_an_edit_at_the_source_is_an_update_under_the_same_id(press: Press) -> None:
    web = Web({"https://wire.example/a": "story"})
    press.refresh(web)
    (before,) = Articles(press.database).newest()
    web.pages["https://wire.example/a"] = "story, corrected"
    press.now += timedelta(hours=1)

    done = press.refresh(web)

    (after,) = Articles(press.database).newest()
    assert done.updated == 1
    assert (after.id, after.published, after.updated) == (before.id, before.published, press.now)
    assert after.text == "story, corrected"


LONG = " ".join(f"word{number % 97} goes by quay{number}" for number in range(60))


def test_an_article_that_moved_and_was_edited_keeps_its_id(press: Press) -> None:
    press.refresh(Web({"https://wire.example/a": LONG}))
    (before,) = Articles(press.database).newest()
    press.now += timedelta(minutes=1)

    done = press.refresh(Web({"https://wire.example/b": LONG + " and there is more to say of it"}))

    (after,) = Articles(press.database).newest()
    assert (done.new, done.updated) == (0, 1)
    assert (after.id, after.url) == (before.id, "https://wire.example/b")


def test_a_story_that_another_source_copies_is_known_as_the_same(press: Press) -> None:
    press.refresh(Web({"https://wire.example/a": LONG}))
    press.now += timedelta(minutes=1)
    press.refresh(Web({"https://other.example/a": LONG}), replace(WIRE, slug="other", location="https://other.example"))

    later, first = sorted(Articles(press.database).newest(), key=lambda article: article.sources)
    assert later.story == first.story == first.key
    assert [copy.sources for copy in first.also] == [("other",)]
    assert [copy.url for copy in later.also] == ["https://wire.example/a"]
    assert [article.key for article in Articles(press.database).telling(first.key)] == [first.key, later.key]


def test_an_unsettled_article_is_fetched_again_until_its_text_stands(press: Press) -> None:
    patient = replace(WIRE, settle=timedelta(minutes=10))
    web = Web({"https://wire.example/a": "first words"})

    press.refresh(web, patient)
    due = press.next_visit_of("wire")
    press.now += timedelta(minutes=10)
    web.pages["https://wire.example/a"] = "other words"
    press.refresh(web, patient)
    press.now += timedelta(minutes=5)
    press.refresh(web, patient)
    waiting = press.titles()
    press.now += timedelta(minutes=5)
    done = press.refresh(web, patient)

    assert due == START + timedelta(minutes=10)
    assert waiting == []
    assert done.new == 1
    assert press.titles() == ["On other words"]
    assert len(web.asked) == 3


def test_an_unsettled_article_that_its_listing_holds_is_not_fetched(press: Press) -> None:
    patient = replace(WIRE, settle=timedelta(minutes=10))
    page = Page("https://wire.example/a", b"whole story", "text/html", "utf-8")
    web = Web({})

    def listing(source: Source, state: SourceState, fetcher: object) -> Listing:
        return Listing((Reference(page.url, guid="a", revision="1", page=page),), state)

    web.listing = listing  # type: ignore[method-assign]  # a feed with whole articles
    press.refresh(web, patient)
    before = press.titles()
    press.now += timedelta(minutes=10)
    press.refresh(web, patient)

    assert (before, press.titles(), web.asked) == ([], ["On whole story"], [])


def test_two_articles_that_stand_side_by_side_are_two_however_alike(press: Press) -> None:
    other = LONG.replace("quay", "pier", 1)

    press.refresh(Web({"https://wire.example/a": LONG, "https://wire.example/b": other}))

    assert len(list(Articles(press.database).newest())) == 2


def test_a_new_one_beside_one_that_is_still_listed_is_another(press: Press) -> None:
    web = Web({"https://wire.example/a": LONG})
    press.refresh(web)
    web.pages["https://wire.example/b"] = LONG + " and there is more to say of it"

    press.refresh(web)

    assert len(list(Articles(press.database).newest())) == 2


def test_the_same_words_twice_in_one_listing_are_one_article(press: Press) -> None:
    press.refresh(Web({"https://wire.example/a": LONG, "https://wire.example/b": LONG}))

    assert len(list(Articles(press.database).newest())) == 1


def test_what_the_owners_new_rules_leave_of_an_article_counts_however_short(press: Press) -> None:
    web = Web({"https://wire.example/a": LONG})
    press.refresh(web)
    again = replace(WIRE, rules=Rules(drop=(".promo",)))
    Words.cut = 12
    try:
        press.refresh(web, again)
    finally:
        Words.cut = None

    (article,) = Articles(press.database).newest()
    assert len(article.text.split()) == 12


def test_without_new_rules_an_extraction_that_lost_most_changes_nothing(press: Press) -> None:
    web = Web({"https://wire.example/a": LONG})
    press.refresh(web)
    web.pages["https://wire.example/a"] = " ".join(LONG.split()[:12])

    press.refresh(web)

    (article,) = Articles(press.database).newest()
    assert article.text == LONG
