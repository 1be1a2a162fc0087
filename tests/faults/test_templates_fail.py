"""The owner's templates with a mistake: feeds do not wait for them, letters do."""

from pathlib import Path

from tests.faults.conftest import HEALTHY, Press

DIGEST = (
    '[[digest]]\nslug = "daily"\nwhen = ["daily 07:00"]\nrecipients = ["a@example.org", "b@example.org"]\n'
    '[mail]\nfrom = "x@example.org"\nfolder = "outbox"\n'
)


def broken(press: Press, name: str) -> Path:
    template = press.home / "templates" / name
    template.parent.mkdir(parents=True)
    template.write_text("<p>\n{% if %}", "utf-8")
    return template


def test_feeds_are_published_whatever_the_landing_page_says(press: Press) -> None:
    template = broken(press, "web/feed.html")
    press.configure('[[source]]\nlocation = "other"\n')
    press.story("other/petrel.txt", "Petrel")

    done = press.once()

    assert len(done.lines("WARNING")) == 1, done.log
    assert len(done.lines("publish all: templates/web/feed.html:2:")) == 1
    assert len(press.titles()) == 2
    assert sorted(file.name for file in (press.home / "feeds").iterdir() if file.suffix not in (".br", ".gz")) == [
        "all.atom",
        "all.json",
        "all.rss",
        "feeds.opml",
    ]
    assert ["templates/web/feed.html:2:" in problem for problem in press.problems()] == [True]
    assert press("check").status == 78

    template.unlink()
    press.once()

    assert (press.home / "feeds" / "all" / "index.html").is_file()
    assert press.problems() == []


def test_a_letter_waits_for_its_template_and_goes_out_once(press: Press) -> None:
    template = broken(press, "mail/digest.html")
    press.configure(DIGEST)

    done = press.once()

    assert len(done.lines("WARNING")) == 1, done.log
    assert len(done.lines("digest daily No. 1:", "templates/mail/digest.html:2:")) == 1
    assert press.titles() == [HEALTHY]
    assert press.letters() == []
    assert ["templates/mail/digest.html:2:" in problem for problem in press.problems()] == [True]
    for command in (("preview", "daily"), ("test", "daily", "--to", "c@example.org")):
        refused = press("digest", *command)
        assert (refused.status, len(refused.log.splitlines())) == (78, 1)

    template.unlink()
    press.once()
    press.once()

    assert len(press.letters()) == 2
    assert press.problems() == []


def test_a_letter_that_waited_goes_out_when_the_owner_sends(press: Press) -> None:
    template = broken(press, "mail/digest.html")
    press.configure(DIGEST)
    press.once()
    template.unlink()

    sent = press("digest", "send", "daily")

    assert (sent.status, sent.log) == (0, "")
    assert "2 sent" in sent.out
    assert len(press.letters()) == 2
    assert press("digest", "send", "daily").out == "daily: nothing new waits, so there is no issue\n"
