"""What belongs together stays together: captions, tables, lists, questions and answers, headings, lead paragraphs."""

import pytest

from chaffinch.extract import by_company, extractor, segment, tree
from chaffinch.model import Draft, Page, Reference, Repeats, Rules, Verdict

URL = "https://site.example/notes/ferry"
LINES = [
    f"The {name} came home before the evening bell, and the harbour master wrote down the hour of its return."
    for name in ("first boat", "second boat", "old ferry", "pilot", "mail boat", "last boat")
]
PROSE = [f"<p>{line}</p>" for line in LINES]


def extracted(middle: str) -> Draft:
    page = (
        "<html><head><title>The ferry runs again</title></head><body><nav><a href=/>Home</a><a href=/sea>Sea</a></nav>"
        f"<main><article><h1>The ferry runs again</h1>{''.join(PROSE[:3])}{middle}{''.join(PROSE[3:])}</article></main>"
        "<footer><p>© The Tidewater Post. All rights reserved.</p></footer></body></html>"
    )
    return extractor.extract(Reference(URL), Page(URL, page.encode(), "text/html"), Rules(), Repeats())


def test_a_caption_stays_with_its_picture_and_out_of_the_text() -> None:
    draft = extracted('<figure><img src="/ferry.jpg" alt="A ferry"><figcaption>Photo: Mara Quill</figcaption></figure>')

    assert '<figure><img src="https://site.example/ferry.jpg" alt="A ferry"><figcaption>Photo: Mara Quill' in draft.html
    assert draft.text == "\n".join(LINES)


def test_a_quote_in_a_figure_keeps_its_caption_in_the_text_too() -> None:
    draft = extracted(f"<figure><blockquote><p>{LINES[0]} So it was.</p></blockquote></figure>")

    assert draft.text.split("\n")[3] == f"{LINES[0]} So it was."


def test_a_table_keeps_its_shape() -> None:
    rows = "".join(
        f"<tr><td>{day}</td><td>{n}:00</td><td>{n + 9}:30</td></tr>" for n, day in enumerate(("Mo", "Tu", "We"), 6)
    )
    draft = extracted(f"<table><tr><th>Day</th><th colspan=2>First and last ferry</th></tr>{rows}</table>")

    assert '<tr><th>Day</th><th colspan="2">First and last ferry</th></tr>' in draft.html
    assert "<tr><td>We</td><td>8:00</td><td>17:30</td></tr>" in draft.html
    assert "Day | First and last ferry" in draft.text


def test_questions_keep_their_answers() -> None:
    asked = "".join(
        f"<details><summary>When does ferry number {n} leave the pier?</summary><p>{line}</p></details>"
        for n, line in enumerate(LINES, 1)
    )

    draft = extracted(f"<h2>Questions and answers</h2>{asked}")

    assert all(f"When does ferry number {n} leave the pier?" in draft.text for n in range(1, 7))
    assert draft.text.count(LINES[2]) == 2


def test_folded_answers_are_read_and_popups_are_not() -> None:
    asked = "".join(
        f'<div class="accordion-item"><h3>When does ferry number {n} leave the pier?</h3>'
        f'<div class="accordion-panel" style="display: none"><p>At {n} o’clock sharp, as ever. {line}</p></div></div>'
        for n, line in enumerate(LINES[:2], 1)
    )
    popup = f'<div class="modal"><div class="accordion" hidden><p>Out of season: {LINES[5]}</p></div></div>'

    draft = extracted(f'<h2>Questions and answers</h2><div class="accordion">{asked}</div>{popup}')

    assert "At 2 o’clock sharp" in draft.text
    assert "Out of season" not in draft.text


@pytest.mark.parametrize("around", ["{}", "<h3>{}</h3>"], ids=["a button", "a heading around one"])
def test_what_a_button_before_it_unfolds_is_read_whatever_its_class_is_called(around: str) -> None:
    asked = "".join(
        f"<div class=x1>{around.format('<button aria-expanded=false>When does the ferry leave?</button>')}"
        f"<div class=x2 hidden><p>At {n} o’clock sharp, as ever. {line}</p></div></div>"
        for n, line in enumerate(LINES[:2], 1)
    )
    other = (
        "<div class=x3 hidden><p>Out of season no boat runs.</p></div>"
        "<button aria-expanded=false>Listen</button><div class=x4 hidden><p>Out of season no boat runs.</p></div>"
        "<h3>Privacy <button aria-expanded=false>i</button></h3><div hidden><p>Out of season no boat runs.</p></div>"
    )

    draft = extracted(f"<h2>Questions and answers</h2>{asked}{other}")

    assert "At 2 o’clock sharp" in draft.text
    assert "Out of season" not in draft.text


def test_terms_keep_their_definitions() -> None:
    terms = "".join(f"<dt>Berth {n}</dt><dd>{line}</dd>" for n, line in enumerate(LINES[:4], 1))

    draft = extracted(f"<dl>{terms}</dl>")

    assert f"<dl>\n<dt>Berth 1</dt>\n<dd>{LINES[0]}</dd>" in draft.html


def test_headings_and_the_lead_stay() -> None:
    page = extracted("<h2>At the pier</h2><p>It was cold.</p><h3>At sea</h3>")
    led = (
        "<html><head><title>The ferry runs again</title></head><body><article><h1>The ferry runs again</h1>"
        f'<p class="lead">After two winters the ferry is back, and the whole harbour came out to see it leave.</p>'
        f"{''.join(PROSE)}</article></body></html>"
    )
    lead = extractor.extract(Reference(URL), Page(URL, led.encode(), "text/html"), Rules(), Repeats())

    assert "<h2>At the pier</h2>\n<p>It was cold.</p>\n<h3>At sea</h3>" in page.html
    assert lead.text.startswith("After two winters the ferry is back")


def said_of(body: str, *dropped: str) -> dict[str, tuple[Verdict, str]]:
    """The verdicts after completion, where all but the `dropped` were kept by the classifier."""
    cut = segment.cut(tree.parse(f"<body>{body}</body>"), URL)
    said: by_company.Said = [
        (Verdict.BOILERPLATE if block.text in dropped else Verdict.CONTENT, "model") for block in cut.blocks
    ]
    found = by_company.completed(cut, said, [0.5 if block.words else None for block in cut.blocks])
    return {block.text: verdict for block, verdict in zip(cut.blocks, found, strict=True) if verdict}


def test_a_hole_in_a_list_is_filled() -> None:
    items = "".join(f"<li>{line}</li>" for line in LINES)

    said = said_of(f"<ul>{items}<li>None today</li></ul>", "None today")

    assert said["None today"] == (Verdict.CONTENT, "the rest of its ul is kept")


def test_a_list_that_is_mostly_dropped_or_leads_elsewhere_is_left_as_it_is() -> None:
    dropped = said_of("".join(["<ul>", *(f"<li>{line}</li>" for line in LINES), "</ul>"]), *LINES[1:])
    linked = said_of(
        "".join(["<ul>", *(f"<li><a href=/x>{line}</a></li>" for line in LINES), "<li>More</li></ul>"]), "More"
    )

    assert dropped[LINES[1]][0] is Verdict.BOILERPLATE
    assert linked["More"][0] is Verdict.BOILERPLATE


def test_a_table_in_the_midst_of_the_text_is_kept_whole() -> None:
    rows = [f"{n}:00" for n in range(8)]
    table = "".join(f"<tr><td>{row}</td><td>{row[0]} boats</td></tr>" for row in rows)

    amid = said_of(f"{PROSE[0]}<table>{table}</table>{PROSE[1]}", *rows, *(f"{n} boats" for n in range(8)))
    behind = said_of(f"{PROSE[0]}<table>{table}</table>{PROSE[1]}", *rows, *(f"{n} boats" for n in range(8)), LINES[1])

    assert amid["3:00"] == (Verdict.CONTENT, "a table in the midst of the text")
    assert behind["3:00"][0] is Verdict.BOILERPLATE


def test_a_table_that_lays_a_page_out_keeps_no_menu() -> None:
    menu = "".join(f"<tr><td>{name}</td></tr>" for name in ("Photo Archive", "Contact Us", "Related Sites"))
    nested = f"<table><tr><td><table>{menu}</table></td><td>{''.join(PROSE)}</td></tr></table>"
    names = "".join(f"<p>Boat {n}</p>" for n in range(30))
    flat = f"<table><tr><td><p>Contact Us</p>{names}</td><td><p>{' '.join(LINES)}</p></td></tr></table>"

    assert said_of(nested, "Contact Us")["Contact Us"][0] is Verdict.BOILERPLATE
    assert said_of(flat, "Contact Us")["Contact Us"][0] is Verdict.BOILERPLATE


def test_what_a_rule_dropped_is_not_filled_in() -> None:
    items = "".join(f"<li>{line}</li>" for line in LINES)
    body = f"<h1>The ferry</h1>{''.join(PROSE)}<ul>{items}<li class=x>None today</li></ul>"
    page = f"<html><body><main>{body}</main></body></html>"

    draft = extractor.extract(Reference(URL), Page(URL, page.encode(), "text/html"), Rules(drop=(".x",)), Repeats())

    assert "None today" not in draft.text


EDIT = '<span class="mw-editsection"><span>[</span><a href="/w?action=edit">edit</a><span>]</span></span>'


@pytest.mark.parametrize(
    "heading",
    [
        f"<h2>History{EDIT}</h2>",
        f'<div class="mw-heading"><h2>History</h2>{EDIT}</div>',
        '<h2>History<a class="headerlink" href="#history">¶</a></h2>',
        '<h2><a href="#history">#</a> History</h2>',
    ],
    ids=["MediaWiki", "MediaWiki of today", "Sphinx", "a sign before it"],
)
def test_a_heading_goes_without_what_edits_it_or_links_to_it(heading: str) -> None:
    draft = extracted(f"<p>{LINES[0]}</p>{heading}<p>{LINES[1]}</p><p>See <a href='#fn1'>*</a> {LINES[2]}</p>")

    assert "<h2>History</h2>" in draft.html
    assert "edit" not in draft.text
    assert "See * " in draft.text
