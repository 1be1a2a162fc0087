"""Golden pages: what an owner's pages and dumps look like, and what must come out."""

import os
from pathlib import Path

import pytest

from chaffinch.extract import extractor
from chaffinch.model import Certainty, Draft, Kind, Page, Reference, Repeats, Rules

GOLDEN = Path(__file__).parent / "golden"
TITLES = {
    "dengta": "旧灯塔将于六月重新点亮",
    "fanus": "فانوس دریایی کهنه در خرداد دوباره روشن می‌شود",
    "faro": "El viejo faro volverá a encenderse en junio",
    "farol": "Velho farol vai reacender em junho",
    "fener": "Eski fener haziranda yeniden yanacak",
    "lanterna": "La vecchia lanterna si riaccende a giugno",
    "latarnia": "Stara latarnia znów zaświeci w czerwcu",
    "leuchtturm": "Alter Leuchtturm leuchtet wieder",
    "lighthouse": "Old Lighthouse Will Be Lit Again in June",
    "manara": "المنارة القديمة تضيء من جديد في يونيو",
    "mayak": "Старый маяк снова зажгут в июне",
    "phare": "Le vieux phare sera rallumé en juin",
    "toudai": "古い灯台、六月に再び点灯へ",
    "vuurtoren": "Oude vuurtoren gaat in juni weer branden",
}


def extracted(body: bytes, url: str, media_type: str = "") -> Draft:
    return extractor.extract(Reference(url), Page(url, body, media_type), Rules(), Repeats())


@pytest.mark.parametrize("name", sorted(TITLES))
def test_a_dump_loses_its_furniture_and_nothing_else(name: str) -> None:
    path = GOLDEN / f"{name}.txt"

    draft = extracted(path.read_bytes(), path.as_uri())

    assert draft.text == (GOLDEN / f"{name}.expected.txt").read_text("utf-8").rstrip("\n")
    assert draft.title == TITLES[name]
    assert draft.kind is Kind.ARTICLE


def test_the_day_a_dump_was_saved_is_not_the_day_of_publication() -> None:
    path = GOLDEN / "lighthouse.txt"

    draft = extracted(path.read_bytes(), path.as_uri())

    assert draft.published is None
    assert draft.certainty is Certainty.SEEN


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_dump_may_have_any_encoding_and_windows_line_ends(encoding: str) -> None:
    text = (GOLDEN / "lighthouse.txt").read_text("utf-8").replace("›", "»").replace("\n", "\r\n")

    draft = extracted(text.encode(encoding), "file:///dumps/one.txt")

    assert draft.text == (GOLDEN / "lighthouse.expected.txt").read_text("utf-8").rstrip("\n")


def test_a_news_page_keeps_its_structure_and_loses_its_furniture() -> None:
    body = (GOLDEN / "harbour.html").read_bytes()

    draft = extracted(body, "https://www.tidewater.example/news/ferries-winter?utm_source=x", "text/html")

    assert draft.html == (GOLDEN / "harbour.expected.html").read_text("utf-8").rstrip("\n").replace(
        "https://tidewater.example/news/bridge", "https://www.tidewater.example/news/bridge"
    ).replace("https://tidewater.example/img", "https://www.tidewater.example/img")
    assert (draft.title, draft.byline) == ("Harbour ferries to run through the winter", "Mara Quill")
    assert draft.published is not None
    assert draft.published.isoformat() == "2026-03-04T08:30:00+00:00"
    assert draft.certainty is Certainty.SURE
    assert draft.url == "https://tidewater.example/news/ferries-winter"
    assert draft.language == "en"


SAMPLES = os.environ.get("CHAFFINCH_SAMPLES", "")
JUNK = ("› Subscribe", "Please enter your", "More Articles", "Most Visited in", "Top Politics stories", "Top Stories")


@pytest.mark.skipif(not SAMPLES, reason="CHAFFINCH_SAMPLES names no folder of the owner's dumps")
def test_the_owners_dumps_come_out_clean() -> None:
    paths = sorted(Path(SAMPLES).glob("*.txt"))

    assert paths
    for path in paths:
        draft = extracted(path.read_bytes(), path.as_uri(), "text/plain")
        lines = [line.strip() for line in path.read_text("utf-8").splitlines() if len(line.split()) > 12]
        assert draft.text.splitlines() == lines
        assert not any(junk in draft.text for junk in JUNK)
        assert draft.title in path.read_text("utf-8").splitlines()
        assert draft.title not in draft.text
        assert draft.published is None
        assert draft.kind is Kind.ARTICLE
