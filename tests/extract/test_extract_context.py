"""A learned model reads a dump's lines with what stands around them."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from chaffinch.extract import by_context, by_lines, extractor, plaintext, sequence, wordlist
from chaffinch.model import Block, Kind, Page, Reference, Repeats, Rules, Verdict

MENU = [
    f"{name} {kind}" for name in ("World", "Local", "Sport", "Money", "Travel") for kind in ("News", "Videos", "A-Z")
]
STORY = [
    f"The {name} came home before the evening bell, and the harbour master wrote down the hour of its return."
    for name in ("first boat", "second boat", "old ferry", "pilot", "last of the trawlers", "mail boat")
]
TURKISH = "Bütün tekneler akşam çanından önce limana döndü ve liman reisi her birinin dönüş saatini defterine yazdı."
FOOT = [*MENU, "About us", "Careers", "Press", "Contact us", "Terms of Service", "Privacy Policy", "Site map"] * 2
PAGE = [*MENU, *MENU[::-1], "All boats came home", "Search", *STORY, *FOOT]


def block(text: str) -> Block:
    (found,) = plaintext.cut(text)
    return found


# ------------------------------------------------------------------------------------------------ as a stage


def test_menus_around_a_story_go_and_the_story_stays() -> None:
    page = Page("file:///dumps/one.txt", "\n\n".join(PAGE).encode(), "text/plain")

    draft = extractor.extract(Reference(page.url), page, Rules(), Repeats())

    assert draft.kind is Kind.ARTICLE
    assert draft.text.splitlines() == STORY


def test_every_line_has_its_score() -> None:
    page = Page("file:///dumps/one.txt", "\n\n".join(PAGE).encode(), "text/plain")

    blocks = extractor.understand(Reference(page.url), page, Rules(), Repeats()).blocks

    assert all(block.score is not None and 0 <= block.score <= 1 for block in blocks)
    prose = [block.score for block in blocks if block.text in STORY]
    assert min(score for score in prose if score is not None) > 0.9


def test_a_whole_page_is_crowded_and_an_ordinary_dump_or_a_long_list_is_not() -> None:
    golden = (Path(__file__).parent / "golden" / "lighthouse.txt").read_text("utf-8")
    page, dump = plaintext.cut("\n\n".join(PAGE)), plaintext.cut(golden)

    assert by_context.is_crowded(page, [0.1] * len(page))
    assert not by_context.is_crowded(page, [0.9] * len(page))
    assert not by_context.is_crowded(page, [None] * len(page))
    assert not by_context.is_crowded(dump, [0.1] * len(dump))
    assert not by_context.is_crowded([], [])


@pytest.mark.parametrize(
    ("line", "ruled", "score", "verdict"),
    [
        (STORY[0], (Verdict.CONTENT, "running text"), 0.25, Verdict.CONTENT),
        (STORY[0], (Verdict.CONTENT, "running text"), 0.2, Verdict.BOILERPLATE),
        (TURKISH, (Verdict.CONTENT, "running text"), 0.12, Verdict.CONTENT),
        (TURKISH, (Verdict.CONTENT, "running text"), 0.08, Verdict.BOILERPLATE),
        ("Boats for sale", (Verdict.CONTENT, "a headline within the text"), 0.01, Verdict.BOILERPLATE),
        ("Boats for sale", (Verdict.CONTENT, "a headline within the text"), 0.6, Verdict.CONTENT),
        ("The boats", (Verdict.BOILERPLATE, "a short line behind the text"), 0.9, Verdict.CONTENT),
        ("Boats for sale", (Verdict.CONTENT, "a headline within the text"), 0.55, Verdict.CONTENT),
        ("The boats", (Verdict.BOILERPLATE, "a short line behind the text"), 0.55, Verdict.BOILERPLATE),
        ("The boats came home.", (Verdict.CONTENT, "a sentence within the text"), 0.3, Verdict.CONTENT),
        ("The boats came home.", (Verdict.CONTENT, "a sentence within the text"), 0.15, Verdict.BOILERPLATE),
        ("Leave a comment", (Verdict.BOILERPLATE, "phrase: comment"), 0.85, Verdict.BOILERPLATE),
        ("Subscribe to nothing", (Verdict.BOILERPLATE, "phrase: subscribe"), 0.95, Verdict.CONTENT),
        ("All boats came home", (Verdict.BOILERPLATE, "the title"), 0.99, Verdict.BOILERPLATE),
        ("Boats for sale", (Verdict.CONTENT, "a headline within the text"), None, Verdict.CONTENT),
    ],
)
def test_the_model_has_the_last_word_but_on_what_is_certain_and_almost_on_strange_sentences(
    line: str, ruled: tuple[Verdict, str], score: float | None, verdict: Verdict
) -> None:
    ((said, reason),) = by_context.verdicts([block(line)], by_lines.Read("", [ruled]), [score])

    assert said is verdict
    assert reason


def test_a_list_and_short_questions_within_a_text_stay() -> None:
    text = [
        "What to bring to the island", "We asked ten people who go there every summer what they never leave at home.",
        "A warm jacket", "Two pairs of socks", "A book that is long enough", "Why now?",
        "The ferry leaves at seven, and it does not wait for anybody who forgot one of these things.",
    ]  # fmt: skip
    page = Page("file:///dumps/one.txt", "\n\n".join(text).encode(), "text/plain")

    assert extractor.extract(Reference(page.url), page, Rules(), Repeats()).text.splitlines() == text[1:]


def test_no_lines_and_too_many_are_not_read() -> None:
    blocks = [block("Boats")] * 20_001
    read = by_lines.Read("", [(Verdict.CONTENT, "")] * len(blocks))

    assert by_context.asked([], by_lines.read([])).chances == []
    assert by_context.asked(blocks, read).chances == [None] * len(blocks)


def test_the_model_in_the_package_is_small() -> None:
    body = (files("chaffinch.extract") / "lines.npz").read_bytes()

    assert len(body) < 2_000_000
    assert by_context.unpacked(body).readers.known == by_context.packaged().readers.known


# ------------------------------------------------------------------------------------------------- the words


def test_a_line_is_its_words_their_pairs_and_its_ends() -> None:
    told = wordlist.terms("Published: 3 June 2026")

    assert b", ".join(told) == b"published, 0, june, 0000, ^published, 0000$, published 0, 0 june, june 0000"
    assert [term.decode() for term in wordlist.terms("相关阅读")[:4]] == ["相", "关", "阅", "读"]
    assert wordlist.terms(" … ") == []


@pytest.mark.parametrize("text", ["Runner2runner at_10:45", "Runner2runner at_10:45 é"])
def test_letters_and_digits_are_words_apart(text: str) -> None:
    assert wordlist.terms(text)[:6] == [b"runner", b"0", b"runner", b"at", b"00", b"00"]


def test_of_a_giant_line_the_ends_are_looked_at() -> None:
    terms = wordlist.terms("first " + "boat " * 1_000_000 + "last")

    assert len(terms) < 100
    assert b"first" in terms
    assert b"last" in terms


def test_only_known_words_have_numbers() -> None:
    known = {wordlist.key(b"boat"): 7, wordlist.key(b"^the"): 3}

    assert wordlist.numbers("The boat sank", known) == [7, 3]
    assert wordlist.key(b"boat") == 3_631_121_226


# ---------------------------------------------------------------------------------------------- the network


def network(width: int = 4, words: int = 5, columns: int = 2) -> sequence.Reader:
    chance = np.random.default_rng(7)

    def drawn(*shape: int) -> sequence.Floats:
        return chance.normal(size=shape).astype(np.float32)

    return sequence.Reader(
        drawn(words, 3),
        (drawn(3 + columns, width), drawn(width)),
        tuple(sequence.Layer(d, drawn(width), drawn(width), drawn(3 * width, width), drawn(width)) for d in (1, 2)),
        (drawn(2 * width, width), drawn(width)),
        1,
        (drawn(width, 2), drawn(2)),
    )


def by_hand(reader: sequence.Reader, words: list[list[int]], rows: sequence.Floats) -> list[list[float]]:
    """The same as `Reader.log_odds`, one line and one neighbour at a time."""

    def relu(x: sequence.Floats) -> sequence.Floats:
        return np.maximum(x, 0)

    meanings = [sum((reader.vectors[n] for n in line), np.zeros(3)) / max(1, len(line)) ** 0.5 for line in words]
    x = [
        relu(np.concatenate([m, row]) @ reader.inlet[0] + reader.inlet[1])
        for m, row in zip(meanings, rows, strict=True)
    ]
    for at, layer in enumerate(reader.layers):
        normed = [(v - v.mean()) / np.sqrt(v.var() + 1e-5) * layer.scale + layer.shift for v in x]
        nothing = np.zeros(len(x[0]))
        beside = [
            np.concatenate([
                normed[n - layer.dilation] if n >= layer.dilation else nothing, normed[n],
                normed[n + layer.dilation] if n + layer.dilation < len(x) else nothing,
            ])
            for n in range(len(x))
        ]  # fmt: skip
        x = [v + relu(b @ layer.weights + layer.bias) for v, b in zip(x, beside, strict=True)]
        if at == reader.whole_after:
            seen = np.concatenate([np.mean(x, axis=0), np.max(x, axis=0)])
            x = [v + relu(seen @ reader.whole[0] + reader.whole[1]) for v in x]
    return [(v @ reader.outlet[0] + reader.outlet[1]).tolist() for v in x]


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_the_network_counts_as_one_would_by_hand(count: int) -> None:
    reader = network()
    words = [[n % 5, (2 * n) % 5] if n % 3 else [] for n in range(count)]
    rows = np.linspace(-1, 1, 2 * count, dtype=np.float32).reshape(count, 2)

    said = reader.log_odds(sequence.Words.of(words), rows)

    assert said == pytest.approx(np.array(by_hand(reader, words, rows)), rel=1e-3, abs=1e-3)


# --------------------------------------------------------------------------------- a text that it does not understand


def fair(count: int, blurb: str) -> list[Block]:
    """A list of events, as a whole page of them is dumped."""
    lines = [line for n in range(count) for line in (f"March {n}, 2026", f"Boat fair {n}", "Dunmarsh", blurb)]
    return plaintext.cut("\n".join(["Home", *lines, "Contact"]))


BLURB = "Join us in the old harbour for a day of boats, sails, ropes, songs and soup, and bring your friends along."


def test_where_the_model_would_leave_next_to_no_sentence_of_a_whole_page_the_rules_stand() -> None:
    blocks = fair(30, BLURB)
    read = by_lines.read(blocks)

    assert by_context.is_crowded(blocks, [0.01] * len(blocks))
    assert by_context.verdicts(blocks, read, [0.01] * len(blocks)) == read.verdicts


@pytest.mark.parametrize(("blocks", "score"), [
    (fair(15, "Join us in the old harbour for a day of boats, sails and ropes."), 0.01),  # too little to tell
    (fair(30, BLURB), 0.5),  # the model keeps it
])  # fmt: skip
def test_elsewhere_the_model_stands(blocks: list[Block], score: float) -> None:
    read = by_lines.read(blocks)
    scores = [score if block.words > 12 else 0.01 for block in blocks]

    assert by_context.is_crowded(blocks, scores)
    assert by_context.verdicts(blocks, read, scores) != read.verdicts
