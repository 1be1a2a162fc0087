"""Titles of plain texts: which line is the headline."""

from importlib.resources import files

import pytest

from chaffinch.extract import by_lines, extractor, headline, plaintext
from chaffinch.model import Draft, Page, Reference, Repeats, Rules

BOATS = ("first boat", "second boat", "old ferry", "pilot")


@pytest.mark.parametrize(
    "above",
    [
        ["Publié le 8 novembre 2026 à 07h00, mis à jour à 11h20 par la rédaction"],
        ["Posted by Iain Grier on 1 November 2026 in Crafts and More"],
        ["He came at dusk with his ladder and flame, as he did,"],
        ["From: Ida Holm and Others <ida@harbour.example>", "Date: Tue, 10 Nov 2026 08:12:44 +0000 (in the evening)"],
    ],
)
def test_what_is_said_of_a_text_is_no_title(above: list[str]) -> None:
    story = [f"The {name} came home before the evening bell, and the harbour master wrote it down." for name in BOATS]

    read = by_lines.read(plaintext.cut("\n\n".join([*above, "A calm day out at sea", *story])))

    assert read.title == "A calm day out at sea"


def test_the_subject_of_a_mail_is_its_title() -> None:
    story = [f"The {name} came home before the evening bell, and the harbour master wrote it down." for name in BOATS]

    read = by_lines.read(plaintext.cut("\n\n".join(["From: Ida Holm", "Subject: Fwd: All boats came home", *story])))

    assert read.title == "All boats came home"


def drafted(lines: list[str]) -> Draft:
    page = Page("file:///dumps/one.txt", "\n".join(lines).encode(), "text/plain")
    return extractor.extract(Reference(page.url), page, Rules(), Repeats())


def test_a_sentence_about_cookies_above_the_headline_is_not_the_articles_beginning() -> None:
    story = [
        "Don Anselmo Ruiz bajó ayer por última vez la persiana de su relojería, que abrió en 1966 con un préstamo.",
        "En la tienda quedan unos trescientos relojes que nadie ha venido a recoger. Algunos llevan allí muchos años.",
        "Sus tres hijos no quisieron seguir con el negocio. ¿Y los relojes? El relojero los donará al museo municipal.",
    ]
    cookies = (
        "Utilizamos cookies propias y de terceros para mejorar nuestros servicios y para recordar sus preferencias."
    )
    title = "El último relojero de la calle Mayor cierra"

    draft = drafted(["Portada", "Opinión", cookies, title, "Compartir", *story])

    assert draft.title == title
    assert title not in draft.text
    assert story[0] in draft.text


def test_a_longer_line_in_a_menu_is_not_the_headline() -> None:
    menu = ["Home", "Find a Harbour Subscribe to Our Mailing List Login Join", "Start Your Free Trial Now", "Contact"]
    story = [
        f"The {name} came home before the evening bell, and the harbour master wrote down the hour of its return."
        for name in BOATS
    ]

    draft = drafted([*menu, "Boats came home", "By Ida Holm", *story])

    assert draft.title == "Boats came home"
    assert draft.text.splitlines() == story


def test_where_no_paragraph_is_surely_the_articles_the_first_reading_stands() -> None:
    blocks = plaintext.cut("A calm day at the harbour\nall came home")
    read = by_lines.read(blocks)

    assert headline.found(blocks, read, read.verdicts, [None, None], [0.0, 0.0]) == read.title


def test_the_only_heading_of_markdowns_first_level_is_the_headline() -> None:
    menu = [
        "## Find a harbour of your own",
        "* [Tides](https://a.example/tides)",
        "Ten harbours that you must see once",
    ]
    story = [
        f"The {name} came home before the evening bell, and the harbour master wrote down the hour of its return."
        for name in BOATS
    ]
    site = "# [Fenland Courier](https://a.example)"

    for head, title in (
        (["# Seven", "## What the harbour master wrote"], "Seven"),
        ([site, "# Boats came home"], "Boats came home"),
    ):
        assert drafted(["\n\n".join([*menu, *head, *story])]).title == title


@pytest.mark.parametrize(
    "between",
    [
        ["By Ida Holm", "14 November 2026", "The trawler at the pier on Tuesday. Photo: Jens Brandt/Fenland Courier"],
        ["The harbour master, the pilot and a lamp that went out twice", "Ida Holm | 14 November 2026 | 3 minute read"],
        ["All of them are home. Nobody on the pier could say what had kept them.", "By Ida Holm"],
    ],
)
def test_what_stands_below_the_headline_is_no_headline(between: list[str]) -> None:
    story = [
        f"The {name} came home before the evening bell, and the harbour master wrote down the hour of its return."
        for name in BOATS
    ]
    menu = ["Home News Sport Weather Letters Subscribe", "Home > News > Harbour"]

    draft = drafted(["\n\n".join([*menu, "Boats come home late after a night of fog", *between, *story])])

    assert draft.title == "Boats come home late after a night of fog"


def test_a_lead_may_stand_above_the_headline() -> None:
    story = [
        f"The {name} came home before the evening bell, and the harbour master wrote down the hour of its return."
        for name in BOATS
    ]
    lead = "The lamp of the pier is out. Nobody knows for how long."

    draft = drafted(["The Fenland Courier", "", lead, "", "Boats come home late after a night of fog", "",
                     "14 November 2026", "", "\n\n".join(story), "", "Most read", "Snow on Sunday"])  # fmt: skip

    assert draft.title == "Boats come home late after a night of fog"
    assert draft.text.splitlines() == [lead, *story]


def test_a_line_that_comes_again_and_again_is_no_headline() -> None:
    said = "It does not sail after all, they said. The ferry"

    draft = drafted(["The ferry", "", *[said, ""] * 19, "It does not sail after all, they said."])

    assert draft.title != said
    assert draft.text.count("they said") == 20


def test_a_verse_amid_a_poem_is_not_its_headline() -> None:
    verses = ["The water is a slate tonight,", "The gulls have gone to bed,", "A single lamp, a little light",
              "Hangs on the prow ahead.", "", "We do not speak, we only row,", "The oars are all we hear,",
              "And what we knew, and what we know", "Is neither far nor near."]  # fmt: skip

    draft = drafted(["The Ferry", "", "by Anna Berg", "", *verses])

    assert draft.title == "The Ferry"
    assert "A single lamp, a little light" in draft.text


def test_a_text_without_a_headline_keeps_its_first_sentence() -> None:
    story = [
        f"The {name} came home before the evening bell, and the harbour master wrote down the hour of its return."
        for name in BOATS
    ]

    assert drafted(["\n\n".join(story)]).text.splitlines() == story


def test_the_network_in_the_package_is_small() -> None:
    body = (files("chaffinch.extract") / "headlines.npz").read_bytes()

    assert len(body) < 20_000
