"""Titles: what the page shows its readers, without what a site adds for searchers."""

import pytest

from chaffinch.extract import metadata, titles, tree

URL = "https://fenland.example/notes/harbour"


def title(body: str, head: str = "", url: str = URL) -> str:
    return metadata.read(tree.parse(f"<html><head>{head}</head><body>{body}</body></html>"), url).title


def test_the_pages_only_headline_comes_before_what_it_tells_searchers() -> None:
    found = title(
        "<h1>Nine boats that came home before the storm</h1>",
        '<title>Boats and storms 2026 | Courier</title><meta property="og:title" content="Storm boats: the nine">',
    )

    assert found == "Nine boats that came home before the storm"


def test_a_heading_that_leads_to_the_front_page_is_the_sites_name() -> None:
    head = "<title>Mud &amp; Oil: Ten things in a shed</title><meta property='og:title' content='Ten things in a shed'>"

    assert title("<h1><a href='/'>Mud &amp; Oil</a></h1><h3>Ten things in a shed</h3>", head) == "Ten things in a shed"
    assert title("<h1><a href='/notes/harbour'>Nine boats</a></h1>", "<title>Nine boats | Mud</title>") == "Nine boats"
    assert title("<h1><a href='/'>Mud</a>: Nine boats</h1>", "<title>Mud: Nine boats</title>") == "Mud: Nine boats"
    away = "<h1><a href='{}'>Nine boats came home</a></h1>"
    for href in ("#", "", "https://other.example/", "/#/posts/12"):
        found = title(away.format(href), "<base href='https://fenland.example/'><title>Boats, nine came home</title>")
        assert found == "Nine boats came home", href


def test_of_several_headings_the_one_that_begins_the_pages_title_is_the_headline() -> None:
    head = "<title>Nine boats came home — Notes: Fenland Courier</title>"

    found = title("<h1>Notes: Fenland Courier</h1><h1>Nine boats came home</h1>", head)

    assert found == "Nine boats came home"


def test_a_sites_name_that_begins_the_pages_title_is_no_headline() -> None:
    head = "<title>Quay Club | Nine boats came home</title>"

    assert title("<h1>Nine boats came home</h1><h1>Quay Club</h1>", head) == "Nine boats came home"


@pytest.mark.parametrize("level", ["h2", "h3"])
def test_a_lesser_heading_is_the_headline_where_the_first_is_the_sites(level: str) -> None:
    head = "<title>Nine boats came home « the long quay blog</title>"
    site = "<h1>the <a href='https://fenland.example/'>long quay</a> blog</h1>"

    assert title(f"{site}<{level}>Nine boats\n came home</{level}>", head) == "Nine boats came home"
    assert title(f"<h1>Nine boats came home</h1><{level}>The quay blog</{level}>", head) == "Nine boats came home"


def test_a_page_title_that_begins_with_a_bar_tells_only_the_sites_name() -> None:
    found = title("<h1>Chowder: how to make it ahead</h1>", "<title>| What is on the stove</title>")

    assert found == "Chowder: how to make it ahead"


@pytest.mark.parametrize("mark", ["|", "»", "•", ">"])
def test_a_mark_before_the_pages_title_goes(mark: str) -> None:
    head = f"<title>{mark} Nine boats came home</title>"

    assert title("", head) == "Nine boats came home"
    assert title("<h1>Courier</h1><h2>Nine boats came home</h2>", head) == "Nine boats came home"


def test_a_dash_before_a_title_is_its_own() -> None:
    assert title("", "<title>– Vi har mistet alt</title>") == "– Vi har mistet alt"


def test_a_sites_name_in_a_heading_gives_way_to_a_headline_behind_it() -> None:
    head = "<title>FENLAND: Nine boats came home | Boats | Courier.example</title>"

    assert title("<h1>Courier.example</h1><h1>Nine boats came home</h1>", head) == "Nine boats came home"


def test_a_short_headline_does_not_give_way_to_the_sites_motto() -> None:
    head = "<title>Oat granola | Good food for every day</title>"
    told = '<meta property="og:title" content="Oat granola">'

    assert title("<h1>Oat granola</h1><h1>Good food for every day</h1>", head + told) == "Oat granola"


def test_one_word_that_begins_the_pages_title_is_the_headline_where_it_is_the_only_heading() -> None:
    head = "<title>Granola | Quay Pantry, good food</title>"

    assert title("<h1>Granola</h1><h2>Method</h2>", head) == "Granola"


@pytest.mark.parametrize("heading", ["Storm tonight", "Getting started"])
def test_a_short_headline_is_not_the_sites_name_in_a_lesser_heading(heading: str) -> None:
    head = f"<title>{heading} | The Quay Eye of Fenland</title>"

    assert title(f"<h1>{heading}</h1><h2>The Quay Eye of Fenland</h2>", head) == heading


def test_one_word_before_a_headline_that_is_no_heading_is_a_rubric() -> None:
    head = "<title>Sport | Nine boats came home in the regatta | Courier</title>"

    assert title("<h1>Sport</h1>", head) != "Sport"


def test_one_word_before_a_lesser_heading_of_the_pages_title_is_a_rubric() -> None:
    head = "<title>News | Nine boats came home | Courier</title>"

    assert title("<h1>News</h1><h2>Nine boats came home</h2>", head) == "Nine boats came home"


@pytest.mark.parametrize(
    ("told", "site"),
    [
        ("Nine boats came home: The Quay Eye: Courier", "Courier"),
        ("Ann's Harbour Diary | Nine boats came home", "Ann's Harbour Diary"),
    ],
)
def test_a_lesser_heading_is_found_before_colons_and_behind_the_sites_name(told: str, site: str) -> None:
    head = f'<title>{told}</title><meta property="og:site_name" content="{site}">'

    assert title("<h2>The Quay Eye</h2><h2>Nine boats came home</h2>", head) == "Nine boats came home"


def test_a_sites_name_in_a_lesser_heading_behind_the_title_is_no_headline() -> None:
    head = "<title>Storm tonight | The Quay Eye of Fenland</title>"

    assert title("<h2>The Quay Eye of Fenland</h2><h2>News</h2>", head).startswith("Storm tonight")
    named = "<meta property='og:site_name' content='Courier'>"
    head = f"<title>Courier | Nine boats home | The voice of the coast</title>{named}"
    assert title("<h2>The voice of the coast</h2>", head).startswith("Nine boats home")


@pytest.mark.parametrize(
    ("told", "body"),
    [
        ("World Cup – the boats sail to the final | Courier", "<h1>World Cup – the boats sail to the final</h1>{}"),
        ("World Cup | The boats sail to the final | Courier", "<h1>The boats sail to the final</h1>{}"),
        ("Ann's Blog » Archive » The boats sail to the final", "{}<h1>The boats sail to the final</h1>"),
    ],
)
def test_a_rubric_in_a_lesser_heading_is_no_headline(told: str, body: str) -> None:
    rubrics = "<h2>World Cup</h2><h2>Ann's Blog</h2>"

    assert title(body.format(rubrics), f"<title>{told}</title>").endswith("he boats sail to the final")


def test_a_chinese_administration_tells_the_title_by_itself() -> None:
    head = "<title>港口今日开放 - 芬兰省人民政府门户网站</title><meta name='ArticleTitle' content='港口今日开放'>"

    assert title("<h1><a href='/'>芬兰省人民政府</a></h1>", head) == "港口今日开放"


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        ("Fenland Courier", "Nine boats came home"),
        ("Our news", "Nine boats came home"),
        ("A place for everyone who loves the sea", "Nine boats came home"),
        ("Notes: Nine boats came home", "Nine boats came home"),
        ("Nine boats came home 87", "Nine boats came home"),
        ("NINE BOATS CAME HOME", "Nine boats came home"),
    ],
    ids=["the site's name", "a rubric", "a motto", "a rubric before it", "a number at it", "in capitals"],
)
def test_a_heading_that_is_no_headline_does_not_replace_what_is_told(heading: str, told: str) -> None:
    found = title(
        f"<h1>{heading}</h1>",
        f'<meta property="og:title" content="{told}"><meta property="og:site_name" content="Fenland Courier">',
    )

    assert found == told


def test_a_headline_of_two_lines_is_read_as_words() -> None:
    found = title(
        "<h1>Nine boats<br>came <b>h</b>ome early</h1>", "<title>Nine boats came home early - Courier</title>"
    )

    assert found == "Nine boats came home early"


@pytest.mark.parametrize(
    "told",
    ["The nine boats | Fenland Courier for the whole coast", "The nine boats that came - Courier"],
)
def test_a_name_behind_a_line_is_the_sites(told: str) -> None:
    assert title("", f"<title>{told}</title>").startswith("The nine boats")
    assert "Courier" not in title("", f"<title>{told}</title>")


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ("渡轮停航三天后今晨恢复运行_本地_新闻中心_海港网_harbour.example", "渡轮停航三天后今晨恢复运行"),
        ("渡轮停航三天后今晨恢复运行-海港网", "渡轮停航三天后今晨恢复运行"),
        ("渡轮停航三天后今晨恢复运行_本地_海港新闻-Harbour News", "渡轮停航三天后今晨恢复运行"),
        ("渡船が三日ぶりに運航を再開、島の人々が帰宅 - 海港新聞", "渡船が三日ぶりに運航を再開、島の人々が帰宅"),
        ("1-10月海港货运量增长一成", "1-10月海港货运量增长一成"),
        ("海港-渡轮", "海港-渡轮"),
    ],
)  # fmt: skip
def test_scripts_without_blanks_have_none_before_a_sites_name(told: str, title: str) -> None:
    assert titles.without_site(told, set()) == title


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("Nine boats came home early | Fen/Quay | News", "Nine boats came home early"),
        ("Nine boats came home early ‹ Quay Club", "Nine boats came home early"),
        ("港口今日开放九艘船回家_新闻频道", "港口今日开放九艘船回家"),
    ],
)
def test_what_a_site_adds_goes(told: str, expected: str) -> None:
    assert title("", f"<title>{told}</title>") == expected


def test_a_headings_link_to_itself_is_no_part_of_it() -> None:
    assert title("<h1>Nine boats came home<a href='#x'>¶</a></h1>", "<title>Nine boats came home</title>")[-1] == "e"


@pytest.mark.parametrize("told", ["BTC&ETH fall as markets panic", "When to write &nbsp; and &lt;br&gt;"])
def test_what_only_looks_like_code_stays(told: str) -> None:
    assert titles.choose([], [told], []) == told


def test_what_was_written_in_code_twice_is_read() -> None:
    assert title("", "<title>Nine boats of J&amp;amp;K came home</title>") == "Nine boats of J&K came home"


def test_a_headline_that_stands_twice_in_its_heading_is_read_once() -> None:
    twice = "<span>Nine boats came home</span> <span class='small'>Nine boats came home</span>"

    assert title(f"<h1>{twice}</h1>", "<title>Nine boats came home</title>") == "Nine boats came home"
    assert title("<h1>Bye bye</h1>", "<title>Bye bye</title>") == "Bye bye"
