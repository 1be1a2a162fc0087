"""Signing up, confirming, leaving: only a POST changes anything."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chaffinch.errors import StoreError
from chaffinch.mailing.tokens import Purpose, mint
from chaffinch.model import Status

FORM = "/digests/daily/subscribe"


@pytest.fixture
def fill(visitor: Any, desk: Any) -> Callable[..., Any]:
    """Opens the form, takes a person's time, sends it."""

    def filled(seconds: float = 5, headers: dict[str, str] | None = None, **fields: str) -> Any:
        stamp = visitor.get("/digests/daily/").page.xpath("//input[@name='stamp']/@value")[0]
        desk.time += timedelta(seconds=seconds)
        return visitor.post(FORM, {"address": "reader@example.org", "stamp": stamp, **fields}, **(headers or {}))

    return filled


def test_a_sign_up_is_handed_on_with_its_evidence(fill: Callable[..., Any], desk: Any) -> None:
    answer = fill(cadence="weekly mon 07:00", headers={"User_Agent": "Browser/1"})

    assert answer.status == 200
    assert answer.page.xpath("//h1/text()") == ["Check your mail"]
    [(digest, address, cadence, evidence)] = desk.asked
    assert (digest, address, cadence) == ("daily", "reader@example.org", "weekly mon 07:00")
    assert evidence == {"form": "1", "asked from": "127.0.0.1", "asked with": "Browser/1"}
    assert "reader@example.org" not in answer.text


def test_a_cadence_that_is_not_offered_becomes_the_first(fill: Callable[..., Any], desk: Any) -> None:
    fill(cadence="every 1s")

    assert desk.asked[0][2] == "daily 07:00"


def test_the_form_works_as_multipart_too(visitor: Any, desk: Any) -> None:
    stamp = visitor.get("/digests/daily/").page.xpath("//input[@name='stamp']/@value")[0]
    desk.time += timedelta(seconds=5)
    fields = {"address": "reader@example.org", "stamp": stamp}
    body = "".join(f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items())

    answer = visitor.ask("POST", FORM, (body + "--b--\r\n").encode(), Content_Type="multipart/form-data; boundary=b")

    assert answer.status == 200
    assert len(desk.asked) == 1


def test_what_is_no_address_comes_back_with_a_word(fill: Callable[..., Any], desk: Any) -> None:
    answer = fill(address='nobody"><b>')

    assert answer.status == 422
    assert answer.page.xpath("//*[@role='alert']")
    assert answer.page.xpath("//input[@id='address']/@value") == ['nobody"><b>']
    assert desk.asked == []


def test_a_program_that_fills_the_hidden_field_is_answered_and_ignored(fill: Callable[..., Any], desk: Any) -> None:
    honest, trapped = fill(), fill(nothing="http://spam.example")

    assert (trapped.status, trapped.text) == (honest.status, honest.text)
    assert len(desk.asked) == 1


def test_who_is_too_quick_presses_again(fill: Callable[..., Any], desk: Any) -> None:
    answer = fill(seconds=0)

    assert answer.status == 422
    assert answer.page.xpath("//input[@id='address']/@value") == ["reader@example.org"]
    assert desk.asked == []


def test_a_form_on_the_owners_own_site_may_lack_the_stamp_but_counts_sooner(visitor: Any, desk: Any) -> None:
    statuses = [visitor.post(FORM, {"address": f"reader{n}@example.org"}).status for n in range(4)]

    assert statuses == [200, 200, 200, 429]
    assert len(desk.asked) == 3


@pytest.mark.parametrize("stamp", ["x", "daily.1.forged", "🐦", "a.b.c.d"])
def test_a_form_that_is_not_ours_is_refused(stamp: str, fill: Callable[..., Any], desk: Any) -> None:
    assert fill(stamp=stamp).status == 422
    assert desk.asked == []


def test_a_form_of_yesterday_is_shown_again(fill: Callable[..., Any], desk: Any) -> None:
    assert fill(seconds=2 * 86400).status == 422
    assert desk.asked == []


def test_a_network_that_signs_up_too_often_has_to_wait(fill: Callable[..., Any], desk: Any) -> None:
    statuses = [fill().status for _ in range(12)]

    assert statuses == [200] * 10 + [429] * 2
    assert len(desk.asked) == 10
    desk.time += timedelta(hours=2)
    assert fill().status == 200


def test_behind_a_trusted_proxy_callers_are_told_apart(
    open_press: Callable[..., Any], serve: Callable[[Any], Any]
) -> None:
    desk = open_press(web='trusted_proxies = ["127.0.0.0/8"]')
    visitor = serve(desk)
    stamp = visitor.get("/digests/daily/").page.xpath("//input[@name='stamp']/@value")[0]
    desk.time += timedelta(seconds=5)
    fields = {"address": "reader@example.org", "stamp": stamp}

    statuses = [visitor.post(FORM, fields, X_Forwarded_For=f"198.51.100.{n}").status for n in range(12)]

    assert statuses == [200] * 12
    assert desk.asked[3][3]["asked from"] == "198.51.100.3"


def test_a_stranger_cannot_claim_another_address(fill: Callable[..., Any], desk: Any) -> None:
    fill(headers={"X_Forwarded_For": "198.51.100.1"})

    assert desk.asked[0][3]["asked from"] == "127.0.0.1"


@pytest.mark.parametrize("path", ["/digests/closed/subscribe", "/digests/nothing/subscribe"])
def test_there_is_no_sign_up_where_there_is_none(path: str, visitor: Any) -> None:
    assert visitor.post(path, {"address": "reader@example.org"}).status == 404


def test_a_closed_digest_shows_no_form(visitor: Any) -> None:
    assert not visitor.get("/digests/closed/").page.xpath("//form")


def test_the_forms_address_asked_for_by_hand_leads_back(visitor: Any) -> None:
    answer = visitor.get(FORM)

    assert (answer.status, answer.headers["location"]) == (303, "/digests/daily/")


def test_a_form_larger_than_any_form_is_refused(visitor: Any, desk: Any) -> None:
    assert visitor.post(FORM, {"address": "x" * 100_000}).status == 413
    assert visitor.post(FORM, {str(n): "x" for n in range(50)}).status == 400
    assert desk.asked == []


def test_a_store_that_is_away_is_said_honestly(fill: Callable[..., Any], desk: Any) -> None:
    desk.trouble = StoreError("locked")

    assert fill().status == 503


def test_a_token_is_never_logged(visitor: Any, desk: Any, caplog: pytest.LogCaptureFixture) -> None:
    desk.trouble = StoreError("locked")

    assert visitor.post("/unsubscribe/t0ken").status == 503

    assert [record.getMessage() for record in caplog.records] == ["POST /unsubscribe/…: locked"]


@pytest.mark.parametrize("purpose", ["confirm", "unsubscribe"])
def test_looking_changes_nothing_and_the_button_does(purpose: str, visitor: Any, desk: Any) -> None:
    path = f"/{purpose}/t0ken"

    for _ in range(2):
        assert visitor.head(path).status == 200
        shown = visitor.get(path)
    assert desk.acted == []
    by_the_button = f"{path}?page" if purpose == "unsubscribe" else path  # told from one click in a mail program
    assert shown.page.xpath("//form/@action") == [by_the_button]
    assert shown.page.xpath("//form/@method") == ["post"]
    assert shown.headers["cache-control"] == "no-store"

    done = visitor.post(by_the_button)

    assert done.status == 200
    assert desk.acted == [(purpose, "t0ken")]
    assert not done.page.xpath("//form")
    assert not visitor.get(path).page.xpath("//form")


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (
            b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
        (b"", ""),
    ],
)
def test_one_click_ends_it(body: bytes, media_type: str, visitor: Any, desk: Any) -> None:
    answers = [visitor.ask("POST", "/unsubscribe/t0ken", body, Content_Type=media_type) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert "location" not in answers[0].headers
    assert answers[0].cookies == []
    assert desk.subscriptions["unsubscribe", "t0ken"].status is Status.ENDED


@pytest.mark.parametrize("path", ["/confirm/other", "/unsubscribe/other"])
def test_a_token_that_is_not_ours_does_nothing(path: str, visitor: Any, desk: Any) -> None:
    assert visitor.get(path).status == 404
    assert visitor.post(path).status == 404
    assert "cut on its way" in visitor.get(path).text
    assert desk.acted == []


def test_a_link_that_has_run_out_says_so(visitor: Any) -> None:
    answer = visitor.post("/confirm/late")

    assert answer.status == 410
    assert "This link has run out; please sign up again." in answer.text


def test_a_digest_that_is_no_more_can_still_be_left(visitor: Any, desk: Any) -> None:
    held = desk.subscriptions["unsubscribe", "t0ken"]
    desk.subscriptions["unsubscribe", "t0ken"] = type(held)(held.id, held.address, "old-letter", "")

    assert "Old letter" in visitor.get("/unsubscribe/t0ken").text
    assert visitor.post("/unsubscribe/t0ken").status == 200


@pytest.mark.parametrize("place", ["unsubscribe", "preferences"])
def test_the_link_of_a_preview_says_that_it_is_one(visitor: Any, desk: Any, place: str) -> None:
    for token in ("preview", mint(desk.secret, Purpose(place), "preview")):
        seen = visitor.get(f"/{place}/{token}")
        pressed = visitor.post(f"/{place}/{token}", {"List-Unsubscribe": "One-Click"})

        assert (seen.status, pressed.status) == (200, 200)
        assert seen.page.xpath("//h1/text()") == pressed.page.xpath("//h1/text()") == ["Only a preview"]
    assert visitor.get(f"/{place}/{mint(b'another', Purpose(place), 'preview')}").status == 404
