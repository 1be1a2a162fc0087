"""Bylines of plain texts: who is named beside the headline."""

import pytest

from chaffinch.extract import creditline, creditwords, extractor
from chaffinch.model import Document, Metadata, Page, Reference, Repeats, Rules, Verdict

TITLE = "All boats came home before the storm"
STORY = [
    "The last ferry came home before the evening bell, and the harbour master wrote it down in his big green book.",
    "Nobody on the quay had expected the old boat to make it, because the wind had turned at noon and grown since.",
    "In the morning the fishermen mended their nets, and talked of the night in which nobody had slept at all.",
]


def understood(*lines: str, title: str = TITLE) -> Document:
    text = "\n\n".join(["Harbour News", title, *lines, *STORY])
    page = Page("file:///one.txt", text.encode(), "text/plain", told=Metadata(title=title))
    return extractor.understand(Reference(page.url), page, Rules(), Repeats())


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("By Ann Other, court reporter", "Ann Other"),
        ("By Ann Other Senior Reporter", "Ann Other"),
        ("By Ann Other at Quay Lane", "Ann Other"),
        ("Tekst Anne de Vries Beeld Max Muster", "Anne de Vries"),
        ("Posted by Ann on 3 June 2024", "Ann"),
        ("June 3, 2024 by [5]Ann Other", "Ann Other"),
        ("BY ANN OTHER PUBLISHED: JUN 3, 2024 8:00 AM EDT", "ANN OTHER"),
        ("Words: Ann Other    Photos: Max Muster", "Ann Other"),
        ("Medically reviewed by Max Muster, MD — Written by Ann Other — Updated on June 3, 2024", "Ann Other"),
        ("Feature by Ann Other, Staff Writer", "Ann Other"),
        ("By Ann Other, Max Muster and Eva de Vries", "Ann Other, Max Muster, Eva de Vries"),
        ("By The Revd Ann Other", "Revd Ann Other"),
        ("*by [Ann Other](/authors/ann)* | June 3, 2024 | 6 min read", "Ann Other"),
        ("Jun 03, 2024 // Ann Other", "Ann Other"),
        ("Ann Other · June 3, 2024 · 7 min", "Ann Other"),
        ("3 June 2024, Ann Other, in News", "Ann Other"),
        ("Ann Other, Head of Product | 3 June 2024", "Ann Other"),
        ("Ann Muster (Text) und Max Beispiel (Bilder), 3. Juni 2024", "Ann Muster"),
        ("Interview: Ann Muster, 3. Juni 2024", "Ann Muster"),
        ("von Resi", "Resi"),
        ("Mis à jour le 3 juin 2024 par Anne Dupont", "Anne Dupont"),
        ("Propos recueillis par Anne Dupont, le 3 juin 2024", "Anne Dupont"),
        ("Texto y fotos: Ana Pérez", "Ana Pérez"),
        ("Por Ana Pérez · editado por Juan García", "Ana Pérez"),
        ("di Anna Rossi", "Anna Rossi"),
        ("3 czerwca 2024 przez Anna Nowak", "Anna Nowak"),
        ("Текст: Анна Петрова", "Анна Петрова"),
        ("Yazı: Ayşe Demir", "Ayşe Demir"),
        ("بقلم: ليلى حسن", "ليلى حسن"),
        ("نویسنده: مریم احمدی", "مریم احمدی"),
        ("文／王小雨", "王小雨"),
        ("〔記者王小雨／台北報導〕", "王小雨"),
        ("取材・文=山田花子", "山田花子"),
        ("김하나 기자", "김하나"),
        ("dr. Ann Other | 3 June 2024", "dr. Ann Other"),
    ],
)
def test_a_line_below_the_headline_names_the_author(line: str, name: str) -> None:
    document = understood(line)

    assert document.metadata.byline == name


@pytest.mark.parametrize(
    "line",
    [
        "Photo: Ann Other, 3 June 2024",
        "The quay at noon. Ann Other / Getty Images",
        "By Reuters",
        "Par Belga",
        "By Harbour Times Staff",
        "Posted by admin on June 3, 2024",
        "Harbour Gazette | 3 June 2024",
        "Local News · June 3, 2024",
        "Staff Writer | June 3, 2024",
        "By popular demand",
        "By Bell",
        "(dpa/th)",
        "Ann Other",
        "社会 2024-06-03",
        "编辑：王小雨",
        "来源：新华社",
        "审校 2024年6月3日",
        "사진 김하나",
        "Premier League | 3 June 2024",
        "Public Transport | 3 June 2024",
        "Dear Sir, 3 June 2024",
    ],
)
def test_who_took_the_photographs_or_a_rubric_wrote_nothing(line: str) -> None:
    document = understood(line)

    assert document.metadata.byline == ""


@pytest.mark.parametrize(
    "lines",
    [
        ("Ann Other", "3 June 2024 · 5 minute read"),
        ("3 June 2024", "Ann Other"),
        ("Ann Other", "Staff Writer"),
        ("Ann Other", "in Port Erin", "Published 5:04 a.m. ET June 3, 2024"),
        ("By", "Ann Other"),
    ],
)
def test_a_name_alone_counts_where_a_day_a_role_or_a_label_stands_beside_it(lines: tuple[str, ...]) -> None:
    document = understood(*lines)

    assert document.metadata.byline == "Ann Other"


def test_a_name_counts_of_whom_a_note_below_the_text_tells() -> None:
    text = "\n\n".join([TITLE, "Ann Other", *STORY, "Ann Other is a writer who lives by the sea with two cats."])
    page = Page("file:///one.txt", text.encode(), "text/plain")

    document = extractor.understand(Reference(page.url), page, Rules(), Repeats())

    assert document.metadata.byline == "Ann Other"


def test_whom_the_headline_names_did_not_write_it() -> None:
    document = understood("Ann Other", "3 June 2024", title="Ann Other, who rang the evening bell, has died")

    assert document.metadata.byline == ""


def test_a_caption_s_photographer_is_no_author_though_a_day_is_below() -> None:
    document = understood("Photo:", "Ann Other", "3 June 2024")

    assert document.metadata.byline == ""


def test_a_byline_below_the_lead_is_no_part_of_the_text() -> None:
    document = understood(STORY[0], "Von Ann Muster, 03.06.2024", title="Das Boot kam heim")

    (line,) = (block for block in document.blocks if block.text.startswith("Von Ann"))
    assert document.metadata.byline == "Ann Muster"
    assert line.verdict is Verdict.BOILERPLATE


def test_a_sentence_that_begins_as_a_byline_stays() -> None:
    sentence = "By Friday the harbour was full again, and everybody asked where the old ferry had been."

    document = understood(sentence)

    (line,) = (block for block in document.blocks if block.text == sentence)
    assert (document.metadata.byline, line.verdict) == ("", Verdict.CONTENT)


def test_the_table_of_credits_is_sorted() -> None:
    entries = creditwords.entries()

    assert entries == sorted(set(entries))


def test_each_kind_of_credits_is_told_of_where_the_table_is_read() -> None:
    assert creditwords.__doc__ is not None
    assert {kind for kind, _ in creditwords.entries() if f"`{kind}`" not in creditwords.__doc__} == set()


def test_a_giant_line_is_not_read() -> None:
    assert creditline.read("By Ann " + "Other " * 200_000).labelled == ()
