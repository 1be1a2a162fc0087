"""A desk: one source under a lease, each step durable."""

import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chaffinch.errors import FetchError, Gone, HostBusy, LeaseLost, ReadError
from chaffinch.model import (
    Article,
    Change,
    Draft,
    Kind,
    Listing,
    Outline,
    Page,
    Reference,
    Repeats,
    Rules,
    Settlement,
    Source,
    SourceKind,
    SourceState,
    Validators,
)
from chaffinch.store.articles import Articles
from chaffinch.store.database import Database
from chaffinch.store.desk import A_VISIT, SourceDesk
from chaffinch.store.office import Office
from chaffinch.store.sources import Sources
from chaffinch.store.visit import TRIES
from tests.databases import Where

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
WIRE = Source(slug="wire", kind=SourceKind.FEED, location="https://wire.example/feed", backfill=3)


def count(outlines: Iterable[Outline]) -> Repeats:
    """The plainest way to learn: on how many pages each block stands."""
    pages = [set(outline.fingerprints) for outline in outlines]
    return Repeats(len(pages), Counter(block for page in pages for block in page))


class Desk:
    """A store on disk, a clock to turn, one desk after another."""

    def __init__(self, where: Where) -> None:
        self.now = START
        self.database = Database(where)
        self.articles = Articles(self.database)
        self.sources = Sources(self.database)
        self.sources.sync([WIRE], [])
        self.office = Office(
            self.database,
            lambda: self.now,
            "press.example",
            lambda article: ["news"],
            lambda source, state, outcome: outcome.now + timedelta(hours=1),
            count,
        )

    def open(self, source: Source = WIRE) -> SourceDesk:
        desk = self.office.open(source)
        assert desk is not None
        return desk


@pytest.fixture
def press(where: Where) -> Iterable[Desk]:
    desk = Desk(where)
    yield desk
    desk.database.close()


def listing(*numbers: int, revision: str = "1") -> Listing:
    references = [
        Reference(f"https://wire.example/{n}", guid=str(n), revision=revision, published=START - timedelta(hours=n))
        for n in numbers
    ]
    return Listing(tuple(references), SourceState(validators={"feed": Validators(etag='"x"')}))


def page(reference: Reference) -> Page:
    return Page(reference.url, b"<p>body</p>", "text/html", "utf-8")


def minted(reference: Reference) -> Settlement:
    number = reference.url.rpartition("/")[2]
    article = Article(
        id=f"tag:press.example,2026:k{number}",
        key=f"k{number}",
        url=reference.url,
        sources=(),
        title=f"Article {number}",
        published=reference.published or START,
        updated=START,
        first_seen=START,
        aliases=(f"guid:{reference.guid}", f"url:{reference.url}"),
        text="body",
    )
    return Settlement(Change.NEW, article)


def visit(press: Desk, found: Listing) -> list[str]:
    """A whole visit in which every page comes and is an article; the addresses fetched."""
    desk = press.open()
    desk.offer(found, press.now)
    fetched = []
    for reference in desk.wanted(press.now):
        fetched.append(reference.url)
        desk.shelve(reference, page(reference), press.now)
    for reference, _ in desk.shelved():
        desk.keep(reference, minted(reference), press.now)
    desk.close(press.now)
    return fetched


def test_the_first_visit_takes_the_backfill_newest_first(press: Desk) -> None:
    fetched = visit(press, listing(1, 2, 3, 4, 5))

    assert fetched == ["https://wire.example/1", "https://wire.example/2", "https://wire.example/3"]
    assert all(article.backfilled for article in press.articles.newest())


def test_what_comes_later_is_no_backfill(press: Desk) -> None:
    visit(press, listing(3))

    fetched = visit(press, listing(1, 2, 3))

    assert fetched == ["https://wire.example/1", "https://wire.example/2"]
    assert [a.backfilled for a in press.articles.newest()] == [False, False, True]


def test_a_first_visit_that_failed_leaves_the_backfill_to_the_next(press: Desk) -> None:
    press.open().close(press.now, ReadError("wire: it is HTML"))

    fetched = visit(press, listing(1, 2, 3, 4, 5))

    assert len(fetched) == 3


def test_one_visit_takes_fifty_pages_of_a_site_and_comes_again_at_once(press: Desk) -> None:
    visit(press, listing())

    first = visit(press, listing(*range(1, 71)))
    due = press.sources.due(press.now)
    second = visit(press, listing())

    assert (len(first), due, len(second)) == (A_VISIT, ["wire"], 20)


def test_all_files_of_a_folder_are_taken_at_once(press: Desk) -> None:
    folder = Source(slug="dumps", kind=SourceKind.FOLDER, location="/dumps", backfill=3)
    press.sources.sync([WIRE, folder], [])
    desk = press.open(folder)

    desk.offer(listing(*range(1, 201)), press.now)

    assert len(desk.wanted(press.now)) == 200


def test_an_unchanged_reference_is_not_fetched_again_and_a_changed_one_is(press: Desk) -> None:
    visit(press, listing(1, 2))

    again = visit(press, listing(1, 2))
    changed = visit(press, listing(1, 2, revision="2"))

    assert again == []
    assert len(changed) == 2


def test_a_reference_that_moved_is_known_by_its_guid(press: Desk) -> None:
    visit(press, listing(1))
    moved = replace(listing(1).references[0], url="https://wire.example/moved")

    fetched = visit(press, Listing((moved,), SourceState()))

    assert fetched == []


def test_what_a_listing_names_twice_is_one_reference(press: Desk) -> None:
    first, second = listing(1, 2).references
    again = replace(first, title="said again")

    fetched = visit(press, Listing((first, second, again), SourceState()))

    assert sorted(fetched) == ["https://wire.example/1", "https://wire.example/2"]
    assert press.articles.count() == 2


def test_pages_come_from_the_shelf_in_their_order_however_many_wait(press: Desk) -> None:
    folder = Source(slug="dumps", kind=SourceKind.FOLDER, location="/dumps")
    press.sources.sync([WIRE, folder], [])
    desk = press.open(folder)
    desk.offer(listing(*range(1, 81)), press.now)
    large = bytes(secrets.token_bytes(400_000))
    for number, reference in enumerate(desk.wanted(press.now)):
        body = large if number % 20 < 5 else b"<p>body</p>"
        desk.shelve(reference, Page(reference.url, body + reference.url.encode()), press.now)

    shelved = [
        (reference.url, found.url, found.body.endswith(found.url.encode())) for reference, found in desk.shelved()
    ]

    oldest_first = [f"https://wire.example/{number}" for number in range(80, 0, -1)]
    assert shelved == [(url, url, True) for url in oldest_first]


def test_two_sources_may_use_the_same_guid(press: Desk) -> None:
    other = Source(slug="other", kind=SourceKind.FEED, location="https://other.example/feed")
    press.sources.sync([WIRE, other], [])
    visit(press, listing(1))

    desk = press.open(other)
    desk.offer(Listing((Reference("https://other.example/1", guid="1"),), SourceState()), press.now)
    (reference,) = desk.wanted(press.now)
    draft = Draft("https://other.example/1", (f"guid:{reference.guid}",), Kind.ARTICLE)

    assert desk.known(draft) == []


def test_a_failure_is_tried_again_later_and_later_and_never_hidden_by_not_modified(press: Desk) -> None:
    desk = press.open()
    desk.offer(listing(1), press.now)
    desk.shelve(desk.wanted(press.now)[0], FetchError("1: 500"), press.now)
    desk.close(press.now)

    at_once = visit(press, Listing((), SourceState(), unchanged=True))
    press.now += timedelta(minutes=6)
    later = visit(press, Listing((), SourceState(), unchanged=True))

    assert (at_once, later) == ([], ["https://wire.example/1"])


def test_what_is_gone_is_not_asked_for_again_until_it_changes(press: Desk) -> None:
    desk = press.open()
    desk.offer(listing(1), press.now)
    desk.shelve(desk.wanted(press.now)[0], Gone("1: 410", status=410), press.now)
    desk.close(press.now)
    press.now += timedelta(days=40)

    assert visit(press, listing(1)) == []
    assert visit(press, listing(1, revision="2")) == ["https://wire.example/1"]


def test_after_enough_failures_a_page_is_given_up(press: Desk) -> None:
    tries = 0
    for _ in range(TRIES + 3):
        desk = press.open()
        desk.offer(listing(1), press.now)
        for reference in desk.wanted(press.now):
            tries += 1
            desk.shelve(reference, FetchError("1: 500"), press.now)
        desk.close(press.now)
        press.now += timedelta(days=2)

    assert tries == TRIES


def test_a_retry_after_holds_the_page_for_as_long(press: Desk) -> None:
    desk = press.open()
    desk.offer(listing(1), press.now)
    desk.shelve(desk.wanted(press.now)[0], FetchError("1: 429", status=429, retry_after=7200), press.now)
    desk.close(press.now)
    press.now += timedelta(hours=1, minutes=59)

    assert visit(press, listing(1)) == []


def test_a_busy_host_puts_a_page_off_and_counts_as_no_failure(press: Desk) -> None:
    desk = press.open()
    desk.offer(listing(1), press.now)
    desk.shelve(desk.wanted(press.now)[0], HostBusy("1: later", retry_after=90), press.now)
    done = desk.close(press.now)

    assert (done.failed, done.left) == (0, 1)
    press.now += timedelta(seconds=89)
    assert press.sources.due(press.now) == []
    press.now += timedelta(seconds=1)
    assert press.sources.due(press.now) == ["wire"]
    assert visit(press, listing(1)) == [listing(1).references[0].url]


def test_a_busy_host_puts_a_visit_off_and_says_nothing_of_the_source(press: Desk) -> None:
    desk = press.open()
    desk.close(press.now, HostBusy("later", retry_after=90))

    (health,) = press.sources.health()
    assert (health.failures, health.problem, health.visited_at) == (0, "", None)
    assert health.next_at == press.now + timedelta(seconds=90)


def test_a_killed_visit_resumes_from_the_shelf(press: Desk) -> None:
    desk = press.open()
    desk.offer(listing(1, 2), press.now)
    desk.shelve(desk.wanted(press.now)[0], page(listing(1).references[0]), press.now)
    del desk  # killed: no close
    press.now += timedelta(minutes=11)

    again = press.open()
    still_wanted = [reference.url for reference in again.wanted(press.now)]
    on_the_shelf = [reference.url for reference, _ in again.shelved()]

    assert still_wanted == ["https://wire.example/2"]
    assert on_the_shelf == ["https://wire.example/1"]


def test_a_page_that_the_listing_holds_is_on_the_shelf_at_once(press: Desk) -> None:
    reference = replace(listing(1).references[0], page=Page("https://wire.example/1", b"<p>whole</p>"))
    desk = press.open()

    desk.offer(Listing((reference,), SourceState()), press.now)

    assert desk.wanted(press.now) == []
    assert [shelved.body for _, shelved in desk.shelved()] == [b"<p>whole</p>"]


def test_nobody_else_sits_at_a_desk_that_is_taken(press: Desk) -> None:
    press.open()

    assert press.office.open(WIRE) is None
    assert press.sources.due(press.now) == []


def test_who_lost_the_lease_writes_nothing_more(press: Desk) -> None:
    slow = press.open()
    press.now += timedelta(minutes=11)
    quick = press.open()

    with pytest.raises(LeaseLost):
        slow.offer(listing(1), press.now)
    quick.offer(listing(2), press.now)

    assert [reference.url for reference in quick.wanted(press.now)] == ["https://wire.example/2"]


def test_two_workers_do_not_both_mint_one_article(press: Desk) -> None:
    other = Source(slug="other", kind=SourceKind.FEED, location="https://other.example/feed")
    press.sources.sync([WIRE, other], [])
    desks = press.open(WIRE), press.open(other)
    settlement = minted(listing(1).references[0])
    for desk in desks:
        desk.offer(listing(1), press.now)
        (reference,) = desk.wanted(press.now)
        desk.shelve(reference, page(reference), press.now)
        desk.keep(reference, settlement, press.now)

    assert press.articles.count() == 1
    assert [reference.url for reference, _ in desks[1].shelved()] == ["https://wire.example/1"]


def test_what_is_kept_marks_its_feeds_and_an_unchanged_article_does_not(press: Desk) -> None:
    visit(press, listing(1))
    for feed, mark in press.articles.dirty().items():
        press.articles.built(feed, mark)

    desk = press.open()
    desk.offer(listing(1, revision="2"), press.now)
    (reference,) = desk.wanted(press.now)
    desk.shelve(reference, page(reference), press.now)
    known = desk.known(Draft("", minted(reference).article.aliases, Kind.ARTICLE))  # type: ignore[union-attr]  # it is new
    desk.keep(reference, Settlement(Change.UNCHANGED, known[0]), press.now)
    unchanged = press.articles.dirty()
    desk.keep(reference, Settlement(Change.UPDATED, replace(known[0], text="another body")), press.now)

    assert unchanged == {}
    assert list(press.articles.dirty()) == ["news"]


def test_a_change_while_a_feed_is_built_keeps_it_dirty(press: Desk) -> None:
    press.articles.soil(["news"])
    before = press.articles.dirty()["news"]
    press.articles.soil(["news"])

    press.articles.built("news", before)

    assert list(press.articles.dirty()) == ["news"]


def test_stored_pages_come_on_the_shelf_again_for_another_extraction(press: Desk) -> None:
    visit(press, listing(1, 2))
    desk = press.open()

    number = desk.spread()

    assert number == 2
    assert len(list(desk.shelved())) == 2


def test_what_a_site_repeats_is_counted_over_its_pages(press: Desk) -> None:
    desk = press.open()

    repeats = desk.learn(Outline(f"https://wire.example/{n}", (7, 7, n)) for n in range(1, 4))
    again = desk.learn([Outline("https://wire.example/1", (7, 99))])

    assert (repeats.pages, dict(repeats.counts)) == (3, {7: 3, 1: 1, 2: 1, 3: 1})
    assert (again.pages, dict(again.counts)) == (3, {7: 3, 99: 1, 2: 1, 3: 1})


def test_a_visit_in_which_no_page_held_an_article_says_so(press: Desk) -> None:
    desk = press.open()
    desk.offer(listing(1, 2), press.now)
    for reference in desk.wanted(press.now):
        desk.shelve(reference, page(reference), press.now)
    for reference, _ in desk.shelved():
        desk.keep(reference, Settlement(Change.NOT_AN_ARTICLE, None, "it needs JavaScript"), press.now)

    done = desk.close(press.now)

    assert done.problems == ("none of 2 pages held an article; the last: it needs JavaScript",)
    assert [health.problem for health in press.sources.health()] == [*done.problems]


def test_a_page_that_failed_is_told_until_it_is_mended(press: Desk) -> None:
    desk = press.open()
    desk.offer(listing(1, 2), press.now)
    for reference in desk.wanted(press.now):
        desk.shelve(reference, FetchError(f"{reference.url}: 500"), press.now)
    desk.close(press.now)

    visit(press, Listing((), SourceState(), unchanged=True))
    told = [health.problem for health in press.sources.health()]
    press.now += timedelta(hours=1)
    visit(press, listing(1, 2))

    assert told == ["https://wire.example/2: 500 (and 1 more)"]
    assert [health.problem for health in press.sources.health()] == [""]


def test_new_rules_bring_the_stored_pages_on_the_shelf_again(press: Desk) -> None:
    visit(press, listing(1, 2))
    choosy = replace(WIRE, rules=Rules(drop=(".promo",)))

    press.sources.sync([choosy], [])

    assert press.sources.due(press.now) == ["wire"]
    assert len(list(press.open(choosy).shelved())) == 2


def test_a_site_that_lists_nothing_any_more_is_told_until_it_lists_again(press: Desk) -> None:
    visit(press, listing(1, 2))

    told = []
    for found in (listing(), Listing((), SourceState(), unchanged=True), listing(1, 2)):
        visit(press, found)
        told += [health.problem for health in press.sources.health()]

    assert told == ["it lists nothing any more, though it did before"] * 2 + [""]


def test_extractions_that_are_suddenly_short_are_told_until_they_are_whole_again(press: Desk) -> None:
    visit(press, listing(1, 2))
    told = []
    for revision, reason in (("2", "3 words where 120 are held: the old version is kept"), ("3", "")):
        desk = press.open()
        desk.offer(listing(1, 2, revision=revision), press.now)
        for reference in desk.wanted(press.now):
            desk.shelve(reference, page(reference), press.now)
        for reference, _ in desk.shelved():
            article = minted(reference).article
            assert article is not None
            change = Change.WORSE if reason else Change.UNCHANGED
            desk.keep(reference, Settlement(change, article, reason), press.now)
        desk.close(press.now)
        told += [health.problem for health in press.sources.health()]

    assert told == [
        "extraction is suddenly short: 2 articles lost most of their text, so their old versions are kept",
        "",
    ]


def test_an_address_that_no_database_takes_is_listed_once_and_fetched(press: Desk) -> None:
    odd = Listing((Reference("https://wire.example/\0\ud800", guid="a\0", revision="1"),), SourceState())

    first, again = visit(press, odd), visit(press, odd)

    assert (first, again) == (["https://wire.example/\ufffd\ufffd"], [])
