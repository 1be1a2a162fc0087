"""Lines that were wrapped at a column are paragraphs again, whatever stands around them."""

import textwrap

import pytest

from chaffinch.extract import plaintext

PARAGRAPHS = [
    (
        "The first boat came home before the evening bell, and the harbour master wrote down the hour of its return. "
        "Nobody on the pier could say why it had taken so long; its owner spoke of fog and a lamp that went out twice."
    ),
    (
        "The council meets on Tuesday, and will hear what the pilot has to say of the lamp in the tower. He has kept "
        "it for years and wants to be asked before anything is written about it."
    ),
    "All other boats had come home at noon, but for the trawler, which was seen behind the island at two.",
]
MENU = ["Home", "News", "Harbour", "All boats came home", "By Ida Holm", "Share"]


def test_lines_that_nobody_wrapped_do_not_keep_paragraphs_apart() -> None:
    footer = "You get this letter because you asked for it; to leave, write to leave@harbour.example with any subject."
    wrapped = [textwrap.fill(paragraph, 66) for paragraph in PARAGRAPHS]

    blocks = plaintext.cut("\n\n".join([*wrapped, f"-- \nIda Holm\n{footer}"]))

    assert [block.text for block in blocks] == [*PARAGRAPHS, "--", "Ida Holm", footer]


def test_an_address_that_is_longer_than_the_width_stays_in_its_paragraph() -> None:
    address = f"https://harbour.example/{'log/' * 20}"
    wrapped = [textwrap.fill(paragraph, 66) for paragraph in PARAGRAPHS]

    blocks = plaintext.cut("\n\n".join([*wrapped, f"{wrapped[1]}\n{address}\n{wrapped[1]}"]))

    assert blocks[-1].text == f"{PARAGRAPHS[1]} {address} {PARAGRAPHS[1]}"


def test_a_shorter_line_ends_a_paragraph_where_no_empty_lines_do() -> None:
    lines = [*MENU, *(textwrap.fill(paragraph, 72) for paragraph in PARAGRAPHS), "Most visited", "Ten walks"]

    blocks = plaintext.cut("\n".join(lines))

    assert [block.text for block in blocks] == [*MENU, *PARAGRAPHS, "Most visited", "Ten walks"]


CHINESE = [
    "第一艘船在晚钟敲响之前回到了港口，港务长把它归来的时刻记在了簿子上。码头上没有人说得清它为什么走了这么久，船主只说起了雾，还有那盏灭了两次的灯。",
    "市议会星期二开会，要听引水员讲一讲塔上的那盏灯。他守了许多年，希望在写下任何决定之前，有人先来问问他的意见。其他的船中午就都回来了。",
]


def test_a_character_of_chinese_takes_two_columns() -> None:
    wrapped = ["\n".join(textwrap.wrap(paragraph, 33)) for paragraph in CHINESE]

    blocks = plaintext.cut("\n\n".join(["港口新闻", *wrapped, "1、海图\n2、绳子", "・灯\n・油"]))

    assert [block.text for block in blocks] == ["港口新闻", *CHINESE, "1、海图", "2、绳子", "・灯", "・油"]


def test_a_menus_bullets_do_not_hide_that_paragraphs_were_wrapped() -> None:
    menu = "\n".join(f"  * {word} and the sea around it" for word in ("Home", "News", "Boats", "Tides", "Letters") * 6)
    wrapped = [textwrap.fill(paragraph, 66) for paragraph in PARAGRAPHS[:2]]

    blocks = plaintext.cut("\n\n".join([menu, *wrapped]))

    assert [block.text for block in blocks[-2:]] == PARAGRAPHS[:2]


def test_a_short_article_between_long_menus_was_wrapped_all_the_same() -> None:
    menu = "\n".join(f"{word} {n}: news of the harbour and the sea" for n in range(60) for word in ("Boats", "Tides"))
    wrapped = [textwrap.fill(paragraph, 66) for paragraph in PARAGRAPHS * 2]

    blocks = plaintext.cut("\n\n".join([menu, *wrapped, menu]))

    assert [block.text for block in blocks[120:-120]] == PARAGRAPHS * 2


@pytest.mark.parametrize("width", [34, 40, 44])
def test_paragraphs_that_were_wrapped_for_a_small_screen_are_whole(width: int) -> None:
    wrapped = [textwrap.fill(paragraph, width) for paragraph in PARAGRAPHS]

    blocks = plaintext.cut("\n\n".join([*MENU, *wrapped, "Most visited\nTen walks"]))

    assert [block.text for block in blocks] == [*MENU, *PARAGRAPHS, "Most visited", "Ten walks"]


@pytest.mark.parametrize("width", [40, 72])
def test_a_row_of_dashes_belongs_to_no_paragraph(width: int) -> None:
    wrapped = [textwrap.fill(paragraph, width) for paragraph in PARAGRAPHS]

    blocks = plaintext.cut("\n\n".join([f"THE FENLAND GAZETTE\n{'=' * width}\nBoats", *wrapped]))

    assert [block.text for block in blocks] == ["THE FENLAND GAZETTE", "=" * width, "Boats", *PARAGRAPHS]


def test_short_verses_keep_their_lines() -> None:
    stanza = [
        "all winter long the ditch lay still,",
        "a seam of ice along the hill,",
        "and nothing moved and nothing sang",
        "but wire on the gate that rang",
    ]
    verse = stanza * 4

    blocks = plaintext.cut("\n".join(verse))

    assert [block.text for block in blocks] == verse


def test_verse_and_lists_in_lower_case_keep_their_lines() -> None:
    verse = [
        "and all the boats came slowly home that evening",
        "with nothing in their nets but fog and weed",
        "and he who kept the lamp had gone to bed, unheeding,",
        "as lamps and keepers do, and had no need",
        "of anybody's boat",
        "or of the bell that somebody was ringing all along the pier",
    ]

    assert [block.text for block in plaintext.cut("\n".join(["Home", *verse]))] == ["Home", *verse]


def test_a_poem_with_a_line_of_furniture_keeps_its_lines() -> None:
    verse = [
        "He came at dusk with his ladder and flame,",
        "the lamps on the Quay all knew him by name,",
        "and one by one, as he walked along,",
        "they lit like notes in an evening song.",
    ]
    furniture = [
        "Sign up for our letter of poems, which comes on Sundays",
        "(c) 2026 The Tideline Review of Verse and Prose",
    ]

    blocks = plaintext.cut("\n".join([*verse, "", *verse, "", *furniture]))

    assert [block.text for block in blocks] == [*verse, *verse, *furniture]


def test_items_and_addresses_that_no_tool_wraps_do_not_hide_the_column() -> None:
    told = "The harbour master counted every boat of the fleet twice, before he wrote anything into his book at night."
    head, _, rest = told.partition(" before ")
    linked = f"{head} [before {rest}](https://a.example/{'harbour/' * 9})"
    item = f"* {told} {told}"
    wrapped = [textwrap.fill(each, 78, break_on_hyphens=False, break_long_words=False) for each in (told, linked, told)]

    blocks = plaintext.cut("\n\n".join([*wrapped, item, item, item, wrapped[0]]))

    assert [block.text for block in blocks] == [told, told, told, item, item, item, told]
