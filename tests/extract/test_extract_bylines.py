"""Bylines: who wrote it, as people are called, and nobody else."""

import pytest

from chaffinch.extract import bylines, extractor, metadata, tree
from chaffinch.model import Page, Reference, Repeats, Rules

URL = "https://fenland.example/notes/harbour"
STORY = (
    "<p>The first boat came home before the evening bell, and the harbour master wrote down the hour, as on each day "
    "before, in the long grey book that lies below the clock on the wall of the old customs house.</p>"
) * 2


def byline(body: str, head: str = "") -> str:
    return metadata.read(tree.parse(f"<html><head>{head}</head><body>{body}</body></html>"), URL).byline


def ld(author: str) -> str:
    thing = f'{{"@type": "NewsArticle", "headline": "A calm day", "author": {author}}}'
    return f'<script type="application/ld+json">{thing}</script>'


@pytest.mark.parametrize(
    "line",
    [
        "<div>By <a href='/x'>Mara Quill</a></div>",
        "<div>By<span>Mara Quill</span><span>Harbour reporter</span></div>",
        "<p><span>3 May 2026</span> by <a>Mara Quill</a> in Notes</p>",
        "<div>Written by <b>Mara Quill</b> · 4 min read</div>",
        "<div>ByMara Quill</div>",
        "<div>Von Mara Quill</div>",
        "<div>Par Mara Quill, le 3 mai 2026</div>",
        "<div>By Mara Quill, Senior Harbour Correspondent</div>",
        "<div>By Mara Quill, Harbour.example Contributor</div>",
        "<div>By Mara Quill</div><a href='#steps'>Jump to Instructions</a><a>Print</a>",
        "<div><span>May 3</span><a href='/authors/quill'>Mara Quill</a></div>",
        "<div class='post-author-box'><span>MQ</span><b>Mara Quill</b><i>Editor</i></div>",
    ],
)
def test_a_line_beside_the_headline_names_who_wrote_it(line: str) -> None:
    assert byline(f"<h1>A calm day</h1>{line}{STORY}") == "Mara Quill"


def test_a_name_that_a_tool_wrote_with_its_markup_loses_it() -> None:
    link = "<a href='/people/mara-quill' hreflang='en'>Mara Quill</a>"

    assert byline(f"<h1>A calm day</h1>{STORY}", ld(f'"{link}"')) == "Mara Quill"
    assert byline(f"<h1>A calm day</h1>{STORY}", ld('"<b>Mara</b><br>Quill"')) == "Mara Quill"
    assert byline(f"<h1>A calm day</h1>{STORY}", ld('"<a>Mara Quill</a> <a>Ann Reed</a>"')) == "Mara Quill, Ann Reed"


def test_a_surname_that_is_also_a_role_is_a_name_behind_an_initial() -> None:
    assert byline(f"<h1>A calm day</h1>{STORY}", ld('["Carle M. Pieters", "James W. Head"]')).endswith("James W. Head")


@pytest.mark.parametrize(
    "line", ["한서윤 기자", "[한서윤 기자]", "[은곡=한솔일보 한서윤 기자]", "한서윤 선임기자 seo@quay.example"]
)
def test_a_reporter_beside_a_korean_headline_is_named(line: str) -> None:
    assert byline(f"<h1>A calm day</h1><span class=info>{line}</span><span>2026.05.03</span>{STORY}") == "한서윤"


@pytest.mark.parametrize(
    "line",
    ["경제부 기자", "오늘의 기자", "온라인 기자", "담당 기자", "도쿄 특파원", "다른 기자", "記者会見", "记者调查"],
)
def test_a_desk_a_town_and_a_press_conference_are_no_reporters(line: str) -> None:
    assert byline(f"<h1>A calm day</h1><span class=info>{line}</span>{STORY}") == ""


@pytest.mark.parametrize(
    "line",
    [
        "南江晚报记者 王小雨 李晓明",
        "采写：南江晚报见习记者 王小雨 李晓明",
        "<p>南江晚报讯（记者 王小雨、李晓明）港口今日开放。</p>",
    ],
)
def test_reporters_of_a_chinese_article_are_named(line: str) -> None:
    assert byline(f"<h1>A calm day</h1><div>{line}</div>{STORY}", ld('"南江晚报"')) == "王小雨, 李晓明"


@pytest.mark.parametrize(
    "line",
    [
        "本网记者",
        "记者招待会 今日举行",
        "报道（记者会）",
        "报道（记者招待会）",
        "讯（记者协会）",
        "南江晚报记者 综合 整理",
        "外交部发言人答记者 全文",
        "本报记者 北京报道",
    ],
)
def test_a_chinese_line_that_names_nobody_names_nobody(line: str) -> None:
    assert byline(f"<h1>A calm day</h1><div>{line}</div>{STORY}") == ""


@pytest.mark.parametrize(
    "said",
    [
        "Mara Quill, Associated Press",
        "Mara Quill, QUAY TODAY Sports",
        "Mara Quill, Quay News Service",
        "Mara Quill, The Fenland Times",
        "Mara Quill (Staff Writer)",
    ],
)
def test_the_newspaper_behind_a_name_is_no_part_of_it(said: str) -> None:
    assert byline(f"<h1>A calm day</h1>{STORY}", ld(f'"{said}"')) == "Mara Quill"


def test_a_newspaper_that_is_told_does_not_hide_who_is_shown() -> None:
    head = ld('"The Fenland Times"')

    assert byline(f"<h1>A calm day</h1><div class='author'>Mara Quill</div>{STORY}", head) == "Mara Quill"
    assert byline(f"<h1>A calm day</h1>{STORY}", head) == "The Fenland Times"


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ("Mara Quill; Tom Reed", "Mara Quill, Tom Reed"),
        ("Mara Quill; Editing by Tom Reed", "Mara Quill"),
        ("Jos&amp;eacute; Quill", "José Quill"),
        ("Mara Quill, Ben Sports", "Mara Quill, Ben Sports"),
        ("Associated Press, Reuters", "Associated Press, Reuters"),
    ],
)
def test_names_may_stand_between_semicolons(told: str, names: str) -> None:
    assert byline(f"<h1>A calm day</h1>{STORY}", ld(f'"{told}"')) == names


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("南江晚报记者 王小雨 北京报道", "王小雨"),
        ("据新华社电（记者李晓明）港口今日开放。", "南江晚报"),
        ("记者 观察", "南江晚报"),
    ],
)
def test_what_a_reporter_did_and_what_another_reported_is_left_out(line: str, name: str) -> None:
    assert byline(f"<h1>A calm day</h1><p>{line}</p>{STORY}", ld('"南江晚报"')) == name


def test_a_person_who_is_told_in_chinese_or_japanese_stays() -> None:
    follow = "<div>著者</div><div>フォローする</div>"

    assert byline(f"<h1>A calm day</h1>{follow}{STORY}", ld('"山田太郎"')) == "山田太郎"


def test_who_is_marked_up_wrote_what_a_japanese_newspaper_is_told_to_have() -> None:
    author = "<span class='author'>山田太郎</span>"
    site = "<meta property='og:site_name' content='南江新聞社'>"

    assert byline(f"<h1>A calm day</h1>{author}{STORY}", site + ld('"南江新聞社"')) == "山田太郎"
    assert byline(f"<h1>A calm day</h1>{STORY}", site + ld('"南江新聞社"')) == "南江新聞社"


def test_an_agencys_report_is_not_signed_by_its_neighbours() -> None:
    column = "<aside><span class='author-name'>Max Column</span></aside>"

    assert byline(f"<h1>A calm day</h1><p>Reuters</p>{STORY}{column}", ld('"Reuters"')) == "Reuters"
    assert byline(f"<h1>A calm day</h1><p>By Mara Quill</p>{STORY}{column}", ld('"Reuters"')) == "Mara Quill"


def test_where_somebody_reports_from_is_no_name() -> None:
    said = "<span>Ukraine correspondent</span><span>Reporting from Tel Aviv</span>"

    assert byline(f"<h1>A calm day</h1>{said}{STORY}", ld('"Mara Quill"')) == "Mara Quill"


def test_a_name_whose_last_letter_is_marked_up_is_whole() -> None:
    link = "<a href='/contributors/quill'>Mara Quil<span class='end'>l</span></a>"

    assert byline(f"<h1>A calm day</h1><div>{link}</div>{STORY}") == "Mara Quill"


def test_an_agencys_note_below_the_text_names_its_reporter() -> None:
    note = "(Reporting by Mara Quill in Dunmarsh; Additional reporting by Tom Reed; Editing by Ann Other)"

    assert byline(f"<h1>A calm day</h1>{STORY}<p>{note}</p>") == "Mara Quill"
    both = "(Reporting by Mara Quill in Dunmarsh and Tom Reed in Quay; Editing by Ann Other)"
    assert byline(f"<h1>A calm day</h1>{STORY}<p>{both}</p>") == "Mara Quill and Tom Reed"


def test_a_label_says_more_than_a_reporters_line() -> None:
    said = "<span>한서윤 기자</span><p>By Mara Quill</p>"

    assert byline(f"<h1>A calm day</h1>{said}{STORY}") == "Mara Quill"


def test_a_name_below_the_text_is_found_where_it_is_said_to_have_written_it() -> None:
    assert byline(f"<h1>A calm day</h1>{STORY}<div>Written by</div><div>Mara Quill</div>") == "Mara Quill"


@pytest.mark.parametrize(
    "body",
    [
        "<h1>A calm day</h1><div>Photos by Mara Quill</div>",
        "<h1>A calm day</h1><div>Medically reviewed <span>by Mara Quill</span></div>",
        "<h1>A calm day</h1><p>By the time the boats came home it was dark, and nobody had lit the lamp.</p>",
        "<h1>A calm day</h1><div class='comments'><div class='author'>Mara Quill</div></div>",
        "<h1>A calm day</h1><div>By Monday</div>",
        "<h1>A calm day</h1><span class='author-date'>Feb 11, 2026</span>",
    ],
    ids=["pictures", "a reviewer", "a sentence", "a comment", "a day", "a date"],
)
def test_nobody_is_named_where_nobody_is_said_to_have_written_it(body: str) -> None:
    assert byline(body + STORY) == ""


def test_several_authors_are_joined_as_the_page_joins_them() -> None:
    body = "<h1>A calm day</h1><div>By <a>Mara Quill</a>, <a>Tom Reed</a>, and <a>Ann Other</a></div>"

    assert byline(body + STORY) == "Mara Quill, Tom Reed, and Ann Other"
    assert (
        byline(body + STORY, ld('[{"name": "Mara Quill"}, {"name": "Tom Reed"}]'))
        == "Mara Quill, Tom Reed, and Ann Other"
    )


@pytest.mark.parametrize(
    ("told", "shown", "expected"),
    [
        ('{"@type": "Person", "name": "Mara Quill"}', "", "Mara Quill"),
        ('{"@type": "Person", "name": "Mara &amp; Tom"}', "", "Mara & Tom"),
        ('{"@type": "Organization", "name": "Fenland Media"}', "By Mara Quill", "Mara Quill"),
        ('{"@type": "Organization", "name": "Fenland Media"}', "", "Fenland Media"),
        ('{"name": "mquill27"}', "By Mara Quill", "Mara Quill"),
        ('{"name": "mquill27"}', "", "mquill27"),
        ('{"name": "Tom Reed"}', "By Mara Quill", "Mara Quill"),
        ('{"name": "Mara Quill"}', "By M. Quill", "Mara Quill"),
    ],
    ids=[
        "a person",
        "entities",
        "a company",
        "only a company",
        "a handle",
        "only a handle",
        "who put it in",
        "the same",
    ],
)
def test_what_is_told_and_what_is_shown_are_weighed(told: str, shown: str, expected: str) -> None:
    assert byline(f"<h1>A calm day</h1><div>{shown}</div>{STORY}", ld(told)) == expected


def test_an_author_who_is_described_elsewhere_in_the_graph_is_found() -> None:
    graph = (
        '<script type="application/ld+json">{"@graph": [{"@type": "Article", "headline": "A calm day", "author": '
        '{"@id": "#q"}}, {"@type": "Person", "@id": "#q", "name": "Mara Quill"}]}</script>'
    )

    assert byline(STORY, graph) == "Mara Quill"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Mara Quill - Fenland Editorial Team", "Mara Quill"),
        ("Mara Quill on 04-Aug-2021", "Mara Quill"),
        ("Mara Quill February 8, 2024", "Mara Quill"),
        ("Mara Quill, MD", "Mara Quill, MD"),
        ("Jean-Luc de la Tour", "Jean-Luc de la Tour"),
        ("Staff Writer", ""),
        ("记者 王小雨 责任编辑：李明", "王小雨"),
        ("未知 责任编辑：李明", ""),
        ("https://fenland.example/mara", ""),
    ],
)
def test_a_name_is_cleaned_of_dates_roles_and_rubrics(said: str, name: str) -> None:
    assert bylines.cleaned(said) == name


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("By Mara Quill", True),
        ("Von Max Muster", True),
        ("Written by Mara Quill", True),
        ("By the end of May", False),
        ("Bylaws of the harbour", False),
        ("DaVinci comes home", False),
        ("Article of the week", False),
    ],
)
def test_a_line_of_a_dump_is_a_byline_where_a_name_follows_a_label(line: str, expected: bool) -> None:
    assert bylines.is_line(line) is expected


@pytest.mark.parametrize(
    "lines",
    [
        "<p>Mara Quill</p><p>May 3, 2026</p>",
        "<p>Mara Quill, Special for QUAY TODAY 8:57 p.m. May 3, 2026</p>",
        "<p>Mara Quill | Dunmarsh | 3 May 2026</p>",
    ],
)
def test_a_name_beside_its_day_is_the_byline_of_a_page_without_markup(lines: str) -> None:
    assert whole(f"<h1>A calm day</h1>{lines}{STORY}") == "Mara Quill"


@pytest.mark.parametrize(
    "lines",
    [
        "<p>Fenland</p><p>May 3, 2026</p>",
        "<p>Harbour News</p><p>May 3, 2026</p>",
        "<p>Mara Quill</p>",
        "<div><a href='/c/x'>Donald Trump</a></div><div>June 3, 2024</div>",
        "<p><a href='/tag/y'>Machine Learning</a> | June 3, 2024</p>",
        "<figure><img src=a.png><figcaption>Mayor Jane Roe</figcaption></figure><p>June 3, 2024</p>",
    ],
)
def test_a_place_a_rubric_and_a_name_without_a_day_are_none(lines: str) -> None:
    assert whole(f"<h1>A calm day</h1>{lines}{STORY}") == ""


def whole(body: str) -> str:
    page = Page(URL, f"<html lang='en'><title>A calm day</title>{body}</html>".encode(), "text/html")
    return extractor.extract(Reference(URL), page, Rules(), Repeats()).byline
