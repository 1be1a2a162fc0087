"""What people see, what protects them, what stands below a sub-path."""

import base64
import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest

from chaffinch.errors import StoreError
from chaffinch.model import Certainty, Images, Publish
from chaffinch.pages import Templates

PAGES = [
    "/",
    "/articles/k1",
    "/confirm/t0ken",
    "/digests/daily/",
    "/digests/daily/1",
    "/feeds/news/",
    "/nothing-here",
    "/unsubscribe/t0ken",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_and_protected(path: str, visitor: Any) -> None:
    answer = visitor.get(path)

    page = answer.page
    assert page.xpath("//html/@lang") == ["en"]
    assert len(page.xpath("//main")) == len(page.xpath("//h1")) == len(page.xpath("//header")) == 1
    assert page.xpath("//a[@class='skip']/@href") == ["#" + page.xpath("//main/@id")[0]]
    assert not page.xpath("//script | //*[@style] | //*[starts-with(local-name(@*), 'on')]")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for field in page.xpath("//input[not(@type='hidden')][not(ancestor::label)]"):
        assert page.xpath(f"//label[@for='{field.get('id')}']")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert answer.cookies == []
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    sheet = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert sheet
    fingerprint = base64.b64encode(hashlib.sha256(sheet[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{fingerprint}'" in policy


def test_home_shows_feeds_their_last_articles_and_letters(visitor: Any) -> None:
    page = visitor.get("/").page

    assert "/feeds/news/" in page.xpath("//main//a/@href")
    assert "/articles/k1" in page.xpath("//main//a/@href")
    assert "/digests/daily/" in page.xpath("//main//a/@href")
    assert "/feeds/dead/" not in page.xpath("//main//a/@href")
    assert page.xpath("//link[@rel='alternate']/@href")[0] == "https://news.example.org/feeds/news.atom"


def test_an_article_begins_with_publisher_byline_and_original(visitor: Any) -> None:
    page = visitor.get("/articles/k1").page

    origin = page.xpath("//*[@class='origin']")[0].text_content().split()
    assert " ".join(origin) == "The Harbour Gazette Mara Lind 20 November 2026 Read the original"
    assert page.xpath("//a[@id='original']/@href") == ["https://gazette.example/1?a=1&b=2"]
    assert page.xpath("//h1")[0].text_content() == "Harbour master counts <ships>, part 1"
    assert page.xpath("//div[@class='prose']//b/text()") == ["late"]


def test_a_date_that_nobody_said_is_marked_on_the_page(visitor: Any, desk: Any, article_of: Any) -> None:
    desk.articles["k1"] = article_of(1, certainty=Certainty.SEEN)

    assert "first seen 20 November" in visitor.get("/articles/k1").page.text_content()


def test_pictures_may_come_from_elsewhere_on_article_pages_only(visitor: Any) -> None:
    assert "img-src 'self' data: https: http:" in visitor.get("/articles/k1").headers["content-security-policy"]
    assert "img-src 'self' data:;" in visitor.get("/").headers["content-security-policy"]


@pytest.mark.parametrize(
    ("publish", "there", "missing"),
    [(Publish.EXCERPT, "nobody minded", "On."), (Publish.LINK, "Read on at", "ferry")],
)
def test_the_page_shows_no_more_than_is_republished(
    publish: Publish, there: str, missing: str, visitor: Any, desk: Any, article_of: Any
) -> None:
    desk.articles["k1"] = article_of(1, publish=publish)

    text = visitor.get("/articles/k1").text

    assert there in text
    assert missing not in text


def test_without_images_the_page_has_none(visitor: Any, desk: Any, article_of: Any) -> None:
    desk.articles["k1"] = article_of(1, images=Images.NONE)

    assert not visitor.get("/articles/k1").page.xpath("//main//img")


def test_a_hidden_article_is_gone_everywhere(visitor: Any, desk: Any, article_of: Any) -> None:
    desk.articles["k1"] = article_of(1, hidden=True, title="Withdrawn")

    assert visitor.get("/articles/k1").status == 410
    assert "Withdrawn" not in visitor.get("/articles/k1").text
    assert "Withdrawn" not in visitor.get("/digests/daily/1").text
    assert "Withdrawn" not in visitor.get("/").text


def test_an_issue_is_read_with_its_note(visitor: Any) -> None:
    page = visitor.get("/digests/daily/1").page

    assert "A quiet <day>." in page.text_content()
    assert len(page.xpath("//main//h3")) == 3
    assert visitor.get("/digests/daily/2").status == 404
    assert visitor.get("/digests/nothing/").status == 404


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "x" * 200])
def test_no_answer_depends_on_the_host(host: str, visitor: Any) -> None:
    for path in ("/", "/digests/daily", "/feeds/news", "/nothing"):
        answer = visitor.get(path, Host=host)
        assert host == "127.0.0.1" or host not in answer.text
        assert "://" not in answer.headers.get("location", "")


@pytest.mark.parametrize("taken_off", [True, False])
def test_it_works_below_a_sub_path(
    taken_off: bool, open_press: Callable[..., Any], serve: Callable[[Any], Any]
) -> None:
    visitor = serve(open_press(below="/press"))
    prefix = "" if taken_off else "/press"

    assert visitor.get(f"{prefix}/feeds/news.atom").status == 200
    assert visitor.get(f"{prefix}/digests/daily").headers["location"] == "/press/digests/daily/"
    assert visitor.get(f"{prefix}/feeds/old-news.atom").headers["location"] == "/press/feeds/news.atom"
    page = visitor.get(f"{prefix}/digests/daily/").page
    assert page.xpath("//form/@action") == ["/press/digests/daily/subscribe"]
    for path in PAGES:
        for link in visitor.get(prefix + path).page.xpath("//a/@href"):
            assert link.startswith(("/press/", "#", "mailto:", "feed:", "https://")), (path, link)


def test_every_link_of_our_own_leads_somewhere(visitor: Any) -> None:
    links = {link for path in PAGES for link in visitor.get(path).page.xpath("//a/@href") if link.startswith("/")}

    answered = {link: visitor.get(link.partition("#")[0]).status for link in links}

    assert {link: status for link, status in answered.items() if status != 200} == {"/feeds/unbuilt/": 503}


def test_search_engines_come_in_when_the_owner_says_so(
    open_press: Callable[..., Any], serve: Callable[[Any], Any]
) -> None:
    visitor = serve(open_press(web="index = true"))

    answer = visitor.get("/articles/k1")

    assert "x-robots-tag" not in answer.headers
    assert "noindex" not in answer.text


def test_a_store_that_is_away_gives_a_calm_page_and_one_line(
    visitor: Any, desk: Any, caplog: pytest.LogCaptureFixture
) -> None:
    desk.trouble = StoreError("the disk is full")

    answer = visitor.get("/articles/k1")

    assert answer.status == 503
    assert answer.headers["retry-after"] == "60"
    assert "disk" not in answer.text
    assert [record.getMessage() for record in caplog.records] == ["GET /articles/k1: the disk is full"]


def test_a_defect_gives_a_calm_page(visitor: Any, desk: Any, caplog: pytest.LogCaptureFixture) -> None:
    desk.trouble = ZeroDivisionError("inner workings")

    answer = visitor.get("/articles/k1")

    assert answer.status == 500
    assert "inner workings" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert visitor.get("/healthz").status == 200  # the server has logged by now
    assert len(caplog.records) == 1


def test_a_broken_template_does_not_take_the_feeds_along(
    visitor: Any, desk: Any, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "t/web").mkdir(parents=True)
    (tmp_path / "t/web/layout.html").write_text("{% broken")
    desk.templates = Templates(tmp_path / "t")

    answer = visitor.get("/articles/k1")

    assert answer.status == 500
    assert answer.headers["content-type"].startswith("text/plain")
    assert "layout.html:1" in caplog.text
    assert visitor.get("/feeds/news.atom").status == 200


def test_hostile_words_stay_words(visitor: Any, desk: Any, article_of: Any) -> None:
    evil = '"><script>alert(1)</script>\ud800\x00'
    desk.articles["k1"] = article_of(1, title=evil, byline=evil, publisher=evil, url="javascript:alert(1)", lead=evil)

    for path in ("/", "/articles/k1", "/digests/daily/1"):
        answer = visitor.get(path)
        assert answer.status == 200
        assert not answer.page.xpath("//script")
        assert "javascript:" not in answer.text


def test_old_issues_are_found_page_by_page(desk: Any, serve: Callable[[Any], Any]) -> None:
    desk.released = 230
    visitor = serve(desk)

    seen, path = [], "/digests/daily/"
    for _ in range(9):
        page = visitor.get(path).page
        seen += page.xpath("//section[@aria-labelledby='archive']//h3/a/@href")
        older = page.xpath("//a[@rel='next']/@href")
        path = older[0] if older else ""
        if not path:
            break

    assert seen == [f"/digests/daily/{number}" for number in range(230, 0, -1)]
    assert visitor.get("/digests/daily/?before=nonsense").status == 200
    assert visitor.get(f"/digests/daily/?before={'9' * 400}").status == 200
