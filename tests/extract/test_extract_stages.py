"""The stages: each says a verdict with a reason, and wins only where it may."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chaffinch.errors import ConfigError
from chaffinch.extract import by_lines, by_repeats, by_rules, extractor, kinds, phrases, plaintext, repeats
from chaffinch.model import Block, Document, Kind, Metadata, Outline, Page, Reference, Repeats, Rules, Verdict
from chaffinch.text import fingerprint

URL = "https://site.example/2026/a"
STORY_LINES = [
    f"The {name} came home before the evening bell, and the harbour master wrote down the hour of its return."
    for name in ("first boat", "second boat", "old ferry", "pilot")
]
STORY = "".join(f"<p>{line}</p>" for line in STORY_LINES)


def understood(body: str, rules: Rules | None = None, seen: Repeats | None = None) -> Document:
    page = Page(URL, f"<html><body>{body}</body></html>".encode(), "text/html")
    return extractor.understand(Reference(URL), page, rules or Rules(), seen or Repeats())


def verdict_of(document: Document, part: str) -> tuple[Verdict, str]:
    return next((block.verdict, block.reason) for block in document.blocks if part in block.text)


# ------------------------------------------------------------------------------------------------- rules


def test_the_owners_rules_win_over_every_stage() -> None:
    body = f"<nav><p class=x>Kept against all odds</p></nav><article>{STORY}</article>"

    document = understood(body, Rules(keep=("nav .x",), drop=("article p:nth-of-type(2)",)))

    assert verdict_of(document, "against all odds") == (Verdict.CONTENT, "rule: keep nav .x")
    assert verdict_of(document, "second boat") == (Verdict.BOILERPLATE, "rule: drop article p:nth-of-type(2)")


def test_the_nearest_rule_counts() -> None:
    document = understood(
        f"<article>{STORY}<p class=promo>Buy a boat</p></article>", Rules(keep=("article",), drop=(".promo",))
    )

    assert verdict_of(document, "Buy a boat")[0] is Verdict.BOILERPLATE
    assert verdict_of(document, "pilot")[0] is Verdict.CONTENT


def test_every_bad_selector_is_told() -> None:
    with pytest.raises(ConfigError) as told:
        by_rules.check(Rules(keep=("p[",), drop=(".ok", ":nope(")))

    assert len(told.value.problems) == 2


# ----------------------------------------------------------------------------------------------- repeats


def outline(*texts: str) -> Outline:
    return Outline("", tuple(map(fingerprint, texts)))


def test_what_two_other_pages_hold_is_dropped() -> None:
    promo = "Our harbour walk leaves every Sunday at ten."
    pages = [outline(promo, f"Story number {n} is about something else", f"and goes on {n}") for n in "abc"]

    document = understood(f"<article>{STORY}<p>{promo}</p></article>", seen=repeats.learned(pages))

    assert verdict_of(document, promo) == (Verdict.BOILERPLATE, "stands on 3 of 3 pages of this source")


def test_one_other_page_is_no_witness() -> None:
    seen = repeats.learned([outline("A line", "one"), outline("A line", "two"), outline("three")])

    assert by_repeats.verdicts([Block("", "p", "", "A line", 2)], seen) == [None]


def test_one_other_dump_is_a_witness_where_the_model_is_not_sure() -> None:
    lines = [*STORY_LINES[:2], "Harbour walks", *STORY_LINES[2:]]

    def kept(holding: int) -> bool:
        seen = Repeats(2, {fingerprint(lines[2]): holding, fingerprint(lines[0]): holding})
        page = Page("file:///a.txt", "\n\n".join(lines).encode(), "text/plain")
        blocks = extractor.understand(Reference(page.url), page, Rules(), seen).blocks
        assert blocks[0].verdict is Verdict.CONTENT
        return blocks[2].verdict is Verdict.CONTENT

    assert kept(1)
    assert not kept(2)


def test_near_duplicates_are_one_page() -> None:
    same = [outline("A line", "b", "c", "d", "e", "f") for _ in range(5)]

    assert repeats.learned(same) == Repeats(1, {})


def test_an_agencys_background_paragraph_stays() -> None:
    background = "The harbour has been closed since March, when a storm broke the pier and sank two of the old ferries."
    block = Block("", "p", "", background, 19)
    seen = Repeats(20, {fingerprint(background): 4})

    assert by_repeats.verdicts([block], seen) == [None]
    assert by_repeats.verdicts(
        [block, block._replace(text=background * 4, words=80)], Repeats(20, {fingerprint(background): 15})
    )[0]


def test_repetition_alone_never_takes_most_of_an_article() -> None:
    blocks = [
        Block("", "p", "", f"The {n} boats came home before the evening bell had rung at the pier.", 14)
        for n in range(6)
    ]
    seen = Repeats(4, {fingerprint(block.text): 4 for block in blocks[:5]})

    assert by_repeats.verdicts(blocks, seen) == [None] * 6


def test_lines_of_a_folders_other_dumps_are_dropped() -> None:
    dumps = [
        f"Title {n}\n\nThe story number {n} of the harbour goes on for quite a while, as such stories do.\n\n"
        "Tide table inside\n"
        for n in "abc"
    ]
    pages = [Page(f"file:///d/{n}.txt", dump.encode(), "text/plain") for n, dump in enumerate(dumps)]
    seen = repeats.learned(map(extractor.outline, pages))

    document = extractor.understand(Reference(pages[0].url), pages[0], Rules(), seen)

    assert verdict_of(document, "Tide table")[1] == "stands on 3 of 3 pages of this source"


# ----------------------------------------------------------------------------------------------- phrases


def test_the_table_of_phrases_is_sorted_and_in_many_languages() -> None:
    entries = phrases.entries()

    assert entries == sorted(set(entries))
    languages = {language for language, _, _ in entries}
    assert languages >= {"ar", "de", "en", "es", "fa", "fr", "it", "ja", "nl", "pl", "pt", "ru", "tr", "zh"}
    assert {kind for _, kind, _ in entries} == set(phrases.KINDS)


@pytest.mark.parametrize(
    ("line", "kind"),
    [("First name*", "navigation"), ("Bu haber 2214 kez okundu.", "comment"), ("Text size: A A A", "navigation")],
)
def test_fields_counters_and_controls_are_known(line: str, kind: str) -> None:
    assert phrases.kind_of(line) == kind


def test_every_phrase_is_found_again() -> None:
    for language, _, phrase in phrases.entries():
        is_label = phrase.endswith(":")
        found = phrases.is_pointer(f"{phrase} x") if is_label else phrases.kind_of(phrase.replace("*", " x "))
        assert found, (language, phrase)
        assert phrase.count("*") <= 1


def test_every_language_has_words_for_all_furniture() -> None:
    known = {(language, kind) for language, kind, _ in phrases.entries()}

    for language in (
        "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "gl", "he", "hi",
        "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr",
        "sv", "th", "tr", "uk", "ur", "vi", "zh",
    ):  # fmt: skip
        assert {kind for kind in phrases.KINDS if (language, kind) in known} == set(phrases.KINDS), language


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("A LIRE AUSSI", "related"), ("İLGİLİ HABERLER", "related"), ("YORUM YAZIN", "comment"),
        ("اقرأ أيضًا", "related"), ("پربازديدترين اخبار", "popular"), ("Читайте еще: лодки зимой", "related"),
        ("फ़ॉलो करें", "share"), ("Kommentarer (3)", "comment"), ("Lo mas leido", "popular"),
        ("لا توجد تعليقات. كن أول من يعلّق!", "comment"),
        ("無断転載を禁じます", "rights"), ("关于我们", "legal"),
    ],
)  # fmt: skip
def test_accents_vowel_signs_and_a_keyboards_letters_make_no_difference(line: str, kind: str) -> None:
    assert phrases.kind_of(line) == kind


@pytest.mark.parametrize(
    "line",
    [
        "Más de 200 personas llegaron al puerto.", "Мы в этом уверены, сказал капитан.",
        "Mais de cem barcos saíram ontem.", "El alcalde no quiso hacer comentarios.", "Follow the river to the pier.",
        "Die neuesten Zahlen nennt der Hafen erst im Juni.", "Check out was at noon, and nobody complained.",
    ],
)  # fmt: skip
def test_a_sentence_that_begins_like_furniture_is_none(line: str) -> None:
    assert phrases.kind_of(line) == ""


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("› Subscribe", "subscribe"), ("Please enter your comment!", "comment"),
        ("Most Visited in Harbour News", "popular"),
        ("Top Coast stories", "popular"), ("Lesen Sie auch: Fähren im Winter", "related"), ("相关新闻", "related"),
        ("She subscribed to the view that boats are best", ""), ("© 2026 The Post", "rights"), ("", ""),
    ],
)  # fmt: skip
def test_a_phrase_is_the_whole_line(line: str, kind: str) -> None:
    assert phrases.kind_of(line) == kind


def test_a_long_sentence_is_furniture_only_where_the_phrase_is_long_too() -> None:
    asked = "Sign up for our newsletter and get the news of the coast in your inbox every morning."
    told = "Subscribe lines hung from every pole when the harbour opened again for the summer in June."

    assert phrases.is_telling(asked)
    assert by_lines.shape_of(asked, 16, False) == "phrase"
    assert not phrases.is_telling(told)
    assert by_lines.shape_of(told, 16, False) == "prose"


@pytest.mark.parametrize(
    "line",
    [
        "READ: Why the pier was closed, who closed it, and when the council means to open it again to walkers.",
        "> See also: Ferries in winter", "Read Next » The pier, ten years on", "Czytaj także: Most nad Odrą",
        "延伸閱讀：港口的冬天", "▶ Watch: How the pilot came home", "यह भी पढ़ें: सर्दियों की नावें",
    ],
)  # fmt: skip
def test_a_label_makes_what_it_points_to_furniture(line: str) -> None:
    assert phrases.is_pointer(line)
    assert by_lines.shape_of(line, len(line.split()), False) == "phrase"


@pytest.mark.parametrize(
    "line", ["Watch the tide: it turns at noon.", "Watch", "He read: nobody came.", "Weight: 12 tons", "Read: "]
)
def test_other_words_before_a_colon_point_to_nothing(line: str) -> None:
    assert not phrases.is_pointer(line)


@pytest.mark.parametrize(
    ("line", "kind"),
    [("4 Comments", "comment"), ("Kommentare (12)", "comment"), ("۲ دیدگاه", "comment"), ("4 boats", ""), ("2026", "")],
)
def test_a_number_of_comments_is_as_good_as_comments(line: str, kind: str) -> None:
    assert phrases.kind_of(line) == kind


def test_headings_below_a_pointer_stay() -> None:
    prose = "The pier was closed in May, and nobody knows yet when the council means to open it to walkers again."
    lines = [prose, "Read also: Ferries in winter", "What the council says", prose.replace("May", "June")]

    read = by_lines.read(plaintext.cut("\n\n".join(lines)))

    assert [verdict is Verdict.CONTENT for verdict, _ in read.verdicts] == [True, False, True, True]


def test_a_glued_phrase_is_cut_off_only_before_a_capital() -> None:
    assert phrases.glued("More ArticlesCalm Returns to the Harbour") == "More Articles"
    assert phrases.glued("More newsletters from the harbour") == ""


# ---------------------------------------------------------------------------------------------- plain text


def test_hard_wrapped_lines_become_paragraphs() -> None:
    wrapped = (
        "The ferry left the pier at seven in the morning with some forty people\n"
        "on board, and it came back empty, because nobody on the island wanted\n"
        "to go to town on such a day.\n"
        "\n"
        "The next boat was fuller, and the one after that had to leave a number\n"
        "of passengers behind on the quay.\n"
    )

    assert [block.text.split()[-1] for block in plaintext.cut(wrapped)] == ["day.", "quay."]


def test_a_list_of_headlines_is_not_joined() -> None:
    headlines = "\n".join(f"The Harbour Master Says That Boat Number {n} Is Not Yet Ready to Go" for n in "abcdef")

    assert len(plaintext.cut(headlines)) == 6


def test_a_long_sentence_is_never_dropped_for_its_looks() -> None:
    text = "Related articles\nA sentence of more than twelve words stays, whatever may stand around it here.\nShare\n"
    blocks = plaintext.cut(text)

    kept = [
        b.text
        for b, (verdict, _) in zip(blocks, by_lines.read(blocks).verdicts, strict=True)
        if verdict is Verdict.CONTENT
    ]

    assert kept == [blocks[1].text]


MORE_PERSIAN = "نخستین قایق پیش از ناقوس عصر به خانه رسید و مردم محله تا تاریکی شب در اسکله ماندند."
PERSIAN = "قایق‌های ماهیگیری پیش از غروب به بندر بازگشتند و نگهبان ساعت ورود هر یک را در دفتر نوشت."


def test_a_day_of_another_calendar_is_a_date_and_no_title() -> None:
    above = "خانه\nیک روز آرام در بندر\nورود\n۱۲ فروردین ۱۴۰۴"

    read = by_lines.read(plaintext.cut(f"{above}\n\n{PERSIAN}\n\n{MORE_PERSIAN}"))

    assert read.title == "یک روز آرام در بندر"
    assert (Verdict.BOILERPLATE, "a date above the text") in read.verdicts


@pytest.mark.parametrize(
    "line", ["记者：你为什么来这里？", "作者：他在海边住了很多年写过许多关于渔船和港口的故事集", "By 2025"]
)
def test_what_is_said_behind_a_label_is_no_byline(line: str) -> None:
    assert by_lines.shape_of(line, 4, False) != "byline"


def test_a_script_without_full_stops_has_its_title_first_and_loses_no_line() -> None:
    title, *lines = ("ท่าเรือเก่าเปิดอีกครั้ง", "เรือลำแรกกลับเข้าฝั่งก่อนระฆังเย็นและนายท่าจดเวลาไว้ในสมุดเล่มใหญ่",
        "ชาวเมืองหลายร้อยคนมารอที่ท่าเรือตั้งแต่เช้าแม้ว่าฝนจะตกตลอดวัน")  # fmt: skip

    read = by_lines.read(plaintext.cut("\n\n".join((title, *lines))))

    assert read.title == title
    assert [reason for _, reason in read.verdicts].count("the title") == 1


def test_every_dropped_line_has_a_reason() -> None:
    blocks = plaintext.cut("Home\nNews\nA headline that says it all\n\nShort.\n\nShare\n")

    assert all(reason for _, reason in by_lines.read(blocks).verdicts)


# -------------------------------------------------------------------------------------------------- kinds


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<h1>404 Not Found</h1><p>The page you asked for is not here.</p>", Kind.ERROR),
        ("<h1>Seite nicht gefunden</h1><p>Leider.</p>", Kind.ERROR),
        ("<div id=root></div><noscript>You need to enable JavaScript to run this app.</noscript>", Kind.SHELL),
        ("<script></script>" * 4 + "<div id=app>Loading</div>", Kind.SHELL),
        ("", Kind.EMPTY),
        ("".join(f"<h3><a href=/{n}>Harbour story number {n} of today</a></h3>" for n in range(20)), Kind.INDEX),
        ("<h1>Three sentences</h1><p>The boat sank. Nobody was hurt. It will be raised.</p>", Kind.ARTICLE),
        (f"<article>{STORY}</article>", Kind.ARTICLE),
    ],
)  # fmt: skip
def test_a_page_is_told_for_what_it_is(body: str, kind: Kind) -> None:
    document = understood(body)

    assert (document.kind, bool(document.why)) == (kind, True)


def test_a_server_that_answers_with_an_error_has_no_article() -> None:
    assert kinds.judge([], Metadata(), kinds.Signs(status=503)) == (Kind.ERROR, "the server answered 503")


def test_a_teaser_before_a_paywall_is_no_article() -> None:
    wall = "<div class=wall><p>Subscribe to continue reading this article.</p></div>"

    assert (
        understood(
            f"<article><h1>Storm</h1><p>The storm came at night, and it took the pier with it.</p></article>{wall}"
        ).kind
        is Kind.PAYWALL
    )


SHORT = "<h1>Storm</h1><p>The storm came at night. Nobody was hurt, but the pier is gone.</p>"


@pytest.mark.parametrize(
    "page",
    [
        f"<header><p>Already a subscriber? Log in</p></header><article>{SHORT}</article>",
        f"<article>{SHORT}</article><footer><p>Already a subscriber? Log in</p></footer>",
        f"<div role=dialog><p>Weiterlesen mit Werbung oder ohne Tracking im Abo</p></div><article>{SHORT}</article>",
        f"<article>{SHORT}</article><div><p>Weiterlesen mit Werbung oder ohne Tracking im Abo</p></div>",
    ],
    ids=["head", "foot", "cookies above", "cookies below"],
)
def test_what_a_site_asks_on_every_page_is_no_paywall(page: str) -> None:
    assert understood(page).kind is Kind.ARTICLE


@pytest.mark.parametrize(
    "page",
    [
        f"<article><header><p>Article réservé aux abonnés</p></header>{SHORT}</article>",
        f"<span>Nur für Abonnenten</span><article>{SHORT}</article>",
        f"<div role=dialog><p>Subscribe to continue reading</p></div><article>{SHORT}</article>",
    ],
    ids=["in the article's head", "a badge above", "a dialog"],
)
def test_a_short_text_with_a_wall_is_its_beginning(page: str) -> None:
    assert understood(page).kind is Kind.PAYWALL


def test_a_box_that_asks_for_an_address_goes_with_the_words_that_invite() -> None:
    box = "<aside><p>Every Friday the five stories that matter to you.</p><form><input type=email></form></aside>"

    document = understood(f"<article><h1>The boats are home</h1>{STORY}{box}{STORY}</article>")

    assert verdict_of(document, "five stories") == (
        Verdict.BOILERPLATE,
        "markup: a box that asks for an address",
    )
    assert verdict_of(document, "pilot")[0] is Verdict.CONTENT


def test_a_page_that_is_one_form_is_no_box() -> None:
    document = understood(f"<form><input type=email><h1>The boats are home</h1>{STORY}</form>")

    assert verdict_of(document, "pilot")[0] is Verdict.CONTENT


def test_a_picture_in_the_text_stays_whatever_becomes_of_its_caption() -> None:
    figure = '<figure><img src="/a.jpg" alt="A boat"><figcaption>Photograph: R. Tarn</figcaption></figure>'

    document = understood(f"<article><h1>The boats are home</h1>{STORY}{figure}{STORY}</article>")

    (picture,) = [block for block in document.blocks if "<img" in block.html]
    assert (picture.verdict, picture.reason) == (Verdict.CONTENT, "a picture in the text")


def paged(body: str, head: str = "") -> Document:
    page = Page(URL, f"<html><head><title>The sea</title>{head}</head><body>{body}</body></html>".encode(), "text/html")
    return extractor.understand(Reference(URL), page, Rules(), Repeats())


LD = '<script type="application/ld+json">{"@type": "%s", "name": "The sea", "headline": "The sea"}</script>'
TEASERS = "".join(
    f"<div><h3><a href=/{n}>The ferry number {n} runs again</a></h3><p>Soon, we hear.</p></div>" for n in range(9)
)
PRICES = "".join(f"<li><b>Lamp {n}</b><div>€ {n}9.00</div></li>" for n in range(12))


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ('<meta property="og:type" content="product">', Kind.OTHER),
        ('<meta property="og:type" content="product.group">', Kind.OTHER),
        (LD % "Product", Kind.OTHER),
        (LD % "CollectionPage", Kind.INDEX),
        (LD % "Product" + LD % "NewsArticle", Kind.ARTICLE),
        (LD % "Product" + '<meta property="og:type" content="article">', Kind.ARTICLE),
        ('<meta property="og:type" content="product">' + LD % "BlogPosting", Kind.ARTICLE),
        ("", Kind.ARTICLE),
    ],
)
def test_a_page_that_calls_itself_something_else_is_no_article(head: str, kind: Kind) -> None:
    assert paged(f"<main><h1>The sea</h1>{STORY}</main>", head).kind is kind


CHOSEN = "<form><input type=password name=one><input type=password name=again></form>"
DATED = '<meta property="article:published_time" content="2026-03-01T08:00:00Z">'


@pytest.mark.parametrize(
    ("url", "body", "head", "kind"),
    [
        ("https://quay.example/login", "", "", Kind.OTHER),
        ("https://quay.example/Account/Sign-In.aspx?next=/", "", "", Kind.OTHER),
        ("https://quay.example/index.php?action=register", "", "", Kind.OTHER),
        ("https://quay.example/kontakt/", "", "", Kind.OTHER),
        ("https://quay.example/contact_us.html", "", "", Kind.OTHER),
        ("https://quay.example/the-sea?ref=search", "", "", Kind.ARTICLE),
        ("https://quay.example/the-sea?utm_medium=search&tag=cart", "", "", Kind.ARTICLE),
        ("https://quay.example/news/how-to-contact-a-lighthouse", "", "", Kind.ARTICLE),
        ("https://quay.example/search/the-wreck", "", "", Kind.ARTICLE),
        ("https://quay.example/man1/login.1.html", "", "", Kind.ARTICLE),
        ("https://quay.example/news/basket/", "", "", Kind.ARTICLE),
        ("https://quay.example/contact", "", DATED, Kind.ARTICLE),
        ("https://quay.example/contact", "", '<meta property="og:type" content="article">', Kind.ARTICLE),
        ("file:///quay/search.html", "", "", Kind.ARTICLE),
        ("https://quay.example/the-sea", CHOSEN, "", Kind.OTHER),
        ("https://quay.example/the-sea", CHOSEN.replace("type=password", "type=Password"), "", Kind.OTHER),
        ("https://quay.example/the-sea", CHOSEN, DATED, Kind.ARTICLE),
        ("https://quay.example/the-sea", CHOSEN.partition("<input type=password name=again>")[0], "", Kind.ARTICLE),
        ("https://quay.example/the-sea", CHOSEN.replace("<form>", f"<form><h1>Page</h1>{STORY}"), "", Kind.ARTICLE),
    ],
)
def test_an_undated_page_that_is_there_to_be_filled_in_is_no_article(
    url: str, body: str, head: str, kind: Kind
) -> None:
    page = Page(
        url, f"<html><head>{head}</head><body><h1>The sea</h1>{STORY}{body}</body></html>".encode(), "text/html"
    )

    assert extractor.understand(Reference(url), page, Rules(), Repeats()).kind is kind


def test_what_the_source_dates_is_no_form() -> None:
    page = Page("https://quay.example/login", f"<h1>The sea</h1>{STORY}".encode(), "text/html")
    when = datetime(2026, 3, 1, tzinfo=UTC)

    assert extractor.understand(Reference(page.url, published=when), page, Rules(), Repeats()).kind is Kind.ARTICLE
    told = replace(page, told=Metadata(published=when))
    assert extractor.understand(Reference(page.url), told, Rules(), Repeats()).kind is Kind.ARTICLE


SCHEMA = "itemscope itemtype='https://schema.org/{}'"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"<main {SCHEMA.format('NewsArticle')}><h1>The sea</h1>{{}}</main>", Kind.ARTICLE),
        ("<main><h1>The sea</h1>{}</main>", Kind.OTHER),
        (f"<main><h1>The sea</h1>{{}}</main><div {SCHEMA.format('BlogPosting')}>Read more</div>", Kind.OTHER),
        (
            f"<main {SCHEMA.format('Article')}><h1>The sea</h1>{{}}<i {SCHEMA.format('Offer')}>9 €</i></main>",
            Kind.OTHER,
        ),
    ],
    ids=["a newspaper's article for sale", "a product", "a product beside a shop's post", "a product with a price"],
)
def test_an_article_that_a_newspaper_sells_is_one(body: str, kind: Kind) -> None:
    sold = f"<div {SCHEMA.format('CreativeWork https://schema.org/Product')}></div>"

    assert paged(body.format(STORY) + sold).kind is kind


def test_a_page_of_linked_headlines_is_an_index_whatever_open_graph_says() -> None:
    og = '<meta property="og:type" content="article">'
    kept = Rules(keep=("main",))
    page = Page(URL, f"<html><head>{og}</head><body><main><h1>All news</h1>{TEASERS}</main></body></html>".encode())

    assert extractor.understand(Reference(URL), page, kept, Repeats()).kind is Kind.INDEX
    assert paged(f"<main><h1>The sea</h1>{STORY}</main><aside>{TEASERS}</aside>", og).kind is Kind.ARTICLE


def test_news_of_three_sentences_beside_sixty_linked_headlines_is_an_article() -> None:
    news = "<p>The ferry to Saltmarsh runs again since this morning, said its master, who had mended it by himself.</p>"
    others = "".join(f"<li><a href=/{n}>The ferry number {n} to the islands runs again</a></li>" for n in range(240))
    beside, day = f"<aside><ul>{others}</ul></aside>", "<p>May 3, 2026</p>"

    assert paged(f"<main><h1>The ferry runs again</h1>{day}{news * 3}</main>{beside}").kind is Kind.ARTICLE
    assert paged(f"<main><h1>All ferries</h1>{news}</main>{beside}").kind is Kind.INDEX


def test_a_shops_shelf_is_no_article_and_a_test_of_lamps_is() -> None:
    assert paged(f"<main><h1>Lamps</h1>{STORY}<ul>{PRICES}</ul></main>").kind is Kind.OTHER
    assert paged(f"<main><h1>Lamps</h1><p>May 3, 2026</p>{STORY}<ul>{PRICES}</ul></main>").kind is Kind.ARTICLE
