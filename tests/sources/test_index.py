"""Index pages: with the owner's selector, and without."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chaffinch.errors import ReadError
from chaffinch.model import Listing, Page, Rules, Source, SourceKind, SourceState, Validators
from chaffinch.sources import index

URL = "https://www.news.example/world/"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEADLINES = (
    "Harbour reopens after the long storm",
    "Council votes for a slower ring road",
    "Grain prices fall for the third week",
    "Old library finds a new roof at last",
    "Small party wins the coastal election",
)


class Web:
    def __init__(self, html: str | bytes) -> None:
        body = html.encode() if isinstance(html, str) else html
        self.page = Page(URL, body, media_type="text/html", fetched=NOW)

    def get(self, url: str, validators: Validators | None = None) -> Page:
        return self.page


def listed(html: str | bytes, links: str | None = None, state: SourceState | None = None) -> Listing:
    source = Source(slug="a", kind=SourceKind.INDEX, location=URL, rules=Rules(links=links))
    return index.read(source, state or SourceState(), Web(html))


def slug(headline: str) -> str:
    return headline.lower().replace(" ", "-")


def card(headline: str, path: str = "", time: str = "") -> str:
    where = path or f"/2026/11/{slug(headline)}"
    return (
        f'<article class="card"><a href="{where}"><img src="x.jpg" alt=""></a><h2><a href="{where}">{headline}</a></h2>'
        f'{time}<a class="more" href="{where}">More</a></article>'
    )


def a_page(main: str, head: str = "") -> str:
    """A front page with the furniture that such pages have."""
    menu = "".join(f'<li><a href="/{name.lower()}/">{name}</a></li>' for name in ("Home", "World", "Sport", "About us"))
    popular = "".join(
        f'<li><a href="/2019/01/old-{n}-story-everybody-read">Old story number {n} that everybody has read</a></li>'
        for n in range(8)
    )
    legal = "".join(f'<a href="/{name}">{name} of this fine site</a> ' for name in ("privacy", "terms", "contact"))
    return (
        f"<!DOCTYPE html><html><head><title>World | News</title>{head}</head><body><header><nav><ul>{menu}</ul></nav>"
        f'</header><main>{main}</main><aside class="sidebar"><h3>Most read</h3><ol>{popular}</ol></aside>'
        f'<footer>{legal}<a href="https://other.example/a-very-good-partner">Our very good partner site</a></footer>'
        "</body></html>"
    )


def test_the_articles_are_found_among_the_furniture() -> None:
    listing = listed(a_page("".join(card(headline) for headline in HEADLINES)))

    assert [reference.url for reference in listing.references] == [
        f"https://www.news.example/2026/11/{slug(headline)}" for headline in HEADLINES
    ]
    assert [reference.title for reference in listing.references] == list(HEADLINES)
    assert listing.state.title == "World | News"


def test_a_list_without_headings_or_dates_is_found_by_its_likeness() -> None:
    items = "".join(f'<li class="item"><a href="{slug(h)}.html">{h}</a></li>' for h in HEADLINES)

    listing = listed(a_page(f'<ul class="stories">{items}</ul>'))

    assert [reference.url for reference in listing.references] == [
        f"https://www.news.example/world/{slug(headline)}.html" for headline in HEADLINES
    ]


def test_the_lead_story_counts_though_it_stands_alone() -> None:
    lead = f'<section class="hero"><h1><a href="/2026/11/{slug(HEADLINES[0])}">{HEADLINES[0]}</a></h1></section>'

    listing = listed(a_page(lead + "".join(card(headline) for headline in HEADLINES[1:])))

    assert [reference.title for reference in listing.references] == list(HEADLINES)


def test_articles_with_dates_come_newest_first_and_dates_to_come_are_not_believed() -> None:
    cards = "".join(
        card(headline, time=f'<time datetime="2026-11-{day}T08:00:00Z">a day</time>')
        for headline, day in zip(HEADLINES, (18, 20, 19, 17, 21), strict=True)
    )

    listing = listed(a_page(cards))
    future = listed(a_page(cards.replace("2026-11-18", "2027-11-18")))

    assert [r.published.day for r in listing.references if r.published] == [21, 20, 19, 18, 17]
    assert [r.published for r in future.references].count(None) == 1


def test_a_selector_of_the_owners_is_followed_to_the_letter() -> None:
    html = a_page('<div class="x"><h3>One</h3><a href="/1">1</a></div><p class="x"><a href="/2">2</a></p>')

    assert [r.url[-1] for r in listed(html, "div.x, p.x a").references] == ["1", "2"]
    assert [r.url[-1] for r in listed(html, ".x a").references] == ["1", "2"]


@pytest.mark.parametrize(
    ("selector", "why"),
    [
        ("h2 >", r'links = "h2 >" is no CSS selector'),
        ("a[", "is no CSS selector"),
        (".gone a", "matches nothing; has the page changed"),
        ("main", "matches no link to this site"),
    ],
)
def test_a_selector_that_is_wrong_or_matches_nothing_is_told(selector: str, why: str) -> None:
    with pytest.raises(ReadError, match=why) as caught:
        listed(a_page("<p>Nothing</p>"), selector)
    assert "\n" not in str(caught.value)


def test_a_wrapper_with_a_telling_name_says_nothing_of_the_links_in_it() -> None:
    html = a_page("".join(card(headline) for headline in HEADLINES)).replace(
        "<body>", '<body><div class="with-sidebar">'
    )

    assert [reference.title for reference in listed(html).references] == list(HEADLINES)


def test_the_head_of_a_card_is_not_the_head_of_the_page() -> None:
    cards = "".join(f'<section><header><a href="/2026/11/{slug(h)}">{h}</a></header></section>' for h in HEADLINES)

    assert [reference.title for reference in listed(a_page(cards)).references] == list(HEADLINES)


def test_links_in_the_middle_of_a_text_are_no_list() -> None:
    text = "".join(f'<p>As was told the other day, <a href="/2026/11/{slug(h)}">{h}</a>.</p>' for h in HEADLINES)

    with pytest.raises(ReadError, match="no group of its links"):
        listed(a_page(text))


def test_a_headline_may_open_the_paragraph_of_its_teaser() -> None:
    text = "".join(f'<p>21 Nov <a href="/2026/11/{slug(h)}">{h}</a><br>And this is how it was.</p>' for h in HEADLINES)

    assert [reference.title for reference in listed(a_page(text)).references] == list(HEADLINES)


def test_the_base_of_the_page_is_honoured() -> None:
    items = "".join(f'<li><h3><a href="{slug(h)}">{h}</a></h3></li>' for h in HEADLINES)

    listing = listed(a_page(f"<ul>{items}</ul>", '<base href="/stories/">'))

    assert listing.references[0].url == f"https://www.news.example/stories/{slug(HEADLINES[0])}"


def test_other_hosts_are_left_out_and_those_below_the_sites_own_are_not() -> None:
    cards = [card(h, f"https://sport.news.example/2026/11/{slug(h)}") for h in HEADLINES[:3]]
    cards += [card(h, f"https://evilnews.example/2026/11/{slug(h)}") for h in HEADLINES[3:]]

    listing = listed(a_page("".join(cards)))

    assert {r.url.split("/")[2] for r in listing.references} == {"sport.news.example"}


def test_what_json_ld_lists_is_taken() -> None:
    script = (
        '<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": "ItemList",'
        ' "itemListElement": [{"@type": "ListItem", "url": "/x/1"}, {"@type": "ListItem", "item": {"@id": "/x/2"}},'
        ' "/x/3", 7, null]}]}</script><script type="application/ld+json">{broken</script>'
    )
    tiles = "".join(f'<div class="t{n * 7}"><a href="/x/{n}">Tile</a></div>' for n in range(1, 6))

    listing = listed(a_page(tiles, script))

    assert [r.url for r in listing.references] == [f"https://www.news.example/x/{n}" for n in (1, 2, 3)]


def test_menus_are_remembered_and_what_is_remembered_is_left_out() -> None:
    html = a_page("".join(card(headline) for headline in HEADLINES))
    first = listed(html)
    gone = f"https://www.news.example/2026/11/{slug(HEADLINES[2])}"
    state = replace(first.state, navigation=first.state.navigation | {gone})

    second = listed(html, state=state)

    assert "https://www.news.example/sport/" in first.state.navigation
    assert not first.state.navigation & {reference.url for reference in first.references}
    assert gone not in {reference.url for reference in second.references}
    assert state.navigation <= second.state.navigation


def test_not_more_than_two_hundred_articles_are_listed() -> None:
    cards = "".join(card(f"Story number {n} of a very long page") for n in range(500))

    assert len(listed(a_page(cards)).references) == 200


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("", "empty"),
        ("\0\0\0", "no group of its links"),
        ("<html><body><div id=app></div><script src=x></script></body></html>", "JavaScript"),
        (a_page("<p>Welcome.</p>"), 'such as links = "h2 a"'),
        (b"\xff\xfe<\x00", "no group of its links"),
        ("<html><body>" + "<b>" * 1_000_000, "more tags than a page for readers has"),
    ],
)
def test_a_page_without_articles_is_one_clear_line(html: str | bytes, why: str) -> None:
    with pytest.raises(ReadError, match=why) as caught:
        listed(html)
    assert str(caught.value).startswith(URL)


def test_a_page_nested_without_end_is_read_or_refused() -> None:
    nested = a_page("<div>" * 20_000 + "".join(card(headline) for headline in HEADLINES))

    try:
        urls = [reference.url for reference in listed(nested).references]
    except ReadError:
        urls = []

    assert len(urls) in (0, len(HEADLINES))


@pytest.mark.parametrize(
    "inside",
    ["<p>" + "<a href=/2026/11/a-fine-story></a>" * 20_000, "<header>" * 3000 + "<a href=/x-y-z>Text</a>" * 3000],
)
def test_a_page_of_too_many_links_is_read_in_its_beginning(inside: str) -> None:
    with pytest.raises(ReadError, match="no group of its links"):
        listed(a_page(f"<div>{inside}</div>"))


def test_an_address_that_never_ends_does_not_hold_a_visit_up() -> None:
    endless = f'<a href="/topic/{"a_" * 900}-/1">A story whose address never comes to its end</a>'

    listing = listed(a_page(f"<div>{endless}</div>" + "".join(card(headline) for headline in HEADLINES)))

    assert len(listing.references) >= len(HEADLINES)


def test_a_page_in_another_encoding_is_read() -> None:
    html = a_page(card("Grüße aus Österreich von der Küste") + card("Köln übt für den großen Umzug"))

    listing = listed(html.replace("<head>", "<head><meta charset=iso-8859-1>").encode("latin-1"))

    assert listing.references[0].title == "Grüße aus Österreich von der Küste"
