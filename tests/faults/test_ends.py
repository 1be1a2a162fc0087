"""Runs that are interrupted, killed, doubled: everything is there once, and the next run goes on."""

import os
import signal
import sqlite3
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler

import pytest

from tests.faults.conftest import HEALTHY, Press, Site


def silence(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.end_headers()
    request.wfile.flush()
    time.sleep(20)


def held(press: Press) -> list[str]:
    """The titles of what the press holds, as it is remembered."""
    listed = press("articles", "list", "-n", "5000").out.splitlines()
    return [line.split("\t")[3] for line in listed]


def until_it_works(press: Press, articles: int = 1) -> None:
    """Wait until a run has kept some articles."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with closing(sqlite3.connect(f"file:{press.home}/data/chaffinch.db?mode=ro", uri=True)) as database:
                if database.execute("SELECT count(*) FROM articles").fetchone()[0] >= articles:
                    return
        except sqlite3.Error:
            pass  # it is being made
        time.sleep(0.02)
    pytest.fail("nothing was kept")


def test_ctrl_c_ends_a_run_at_once_though_a_server_keeps_silent(press: Press, site: Site) -> None:
    site.routes["/silent"] = silence
    press.configure(f'[[source]]\nslug = "silent"\nlocation = "{site.url}/silent"\nkind = "page"\n')
    running = press.start("run", "--once")
    until_it_works(press)

    os.killpg(running.pid, signal.SIGINT)
    done = press.end(running, 5)

    assert done.status == 130
    assert "Traceback" not in done.log
    assert len(done.lines("stopped before the end; the next run goes on from here")) == 1
    assert press.problems() == []

    site.routes.clear()
    again = press.once()
    assert len(again.lines("source silent:", "not found (404)")) == 1
    assert press.titles() == [HEALTHY]


def test_ctrl_c_on_refresh_leaves_the_source_free(press: Press, site: Site) -> None:
    site.routes["/silent"] = silence
    press.configure(f'[[source]]\nslug = "silent"\nlocation = "{site.url}/silent"\nkind = "page"\n')
    running = press.start("refresh", "healthy", "silent")
    until_it_works(press)
    time.sleep(0.2)

    os.killpg(running.pid, signal.SIGINT)
    done = press.end(running, 5)
    site.routes.clear()

    assert done.status == 130
    assert "Traceback" not in done.log
    assert "not found (404)" in press("refresh", "silent").out


def test_of_two_runs_at_once_the_second_is_sent_away(press: Press, site: Site) -> None:
    site.routes["/silent"] = silence
    press.configure(f'[[source]]\nslug = "silent"\nlocation = "{site.url}/silent"\nkind = "page"\n')
    running = press.start("run", "--once")
    until_it_works(press)

    second = press("run", "--once")

    assert second.status == 75
    assert len(second.log.splitlines()) == 1
    assert f"another chaffinch works here (process {running.pid})" in second.log
    os.killpg(running.pid, signal.SIGTERM)
    assert press.end(running, 5).status == 130


def test_what_a_killed_run_left_is_there_once_after_the_next(press: Press) -> None:
    names = [f"Ship {number}" for number in range(60)]
    for name in names:
        press.story(f"healthy/{name}.txt", name)
    press.configure(
        '[[digest]]\nslug = "daily"\nwhen = ["daily 07:00"]\nrecipients = ["a@example.org"]\n'
        '[mail]\nfrom = "x@example.org"\nfolder = "outbox"\n'
    )
    running = press.start("run", "--once")
    until_it_works(press, 5)
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()

    press.once()

    titles = held(press)
    assert sorted(titles) == sorted([HEALTHY, *(f"The {name} returns to the harbour" for name in names)])
    assert len(press.letters()) == 1
    assert press.problems() == []


@pytest.mark.soak
def test_two_thousand_files_are_two_thousand_articles(press: Press) -> None:
    for number in range(2000):
        press.story(f"healthy/{number:04}.txt", f"Ship {number}")

    press.once()

    assert len(set(held(press))) == 2001
    assert press.problems() == []
