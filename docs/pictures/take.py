"""The pictures of the docs are taken anew: a landing page, a letter, an explained page.

    make pictures

Runs the demo in a temporary folder, and photographs what comes of it with the system's Chromium.
"""

from __future__ import annotations

import email
import email.policy
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
EXPLAINED = "examples/articles/2025-09-14-ferry-sails-again.html"


def chaffinch(press: Path, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "chaffinch", *arguments], cwd=press, check=True)


def letter(press: Path) -> str:
    """The HTML part of the letter in the outbox."""
    (file,) = (press / "outbox").glob("*.eml")
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    part = message.get_body(("html",))
    assert part
    return str(part.get_content())


def photograph(browser: Browser, page: Path, name: str, width: int, height: int, begin: str = "") -> None:
    """The page in a window of that size; scrolled so that the text `begin` stands in its upper third."""
    shown = browser.new_page(viewport={"width": width, "height": height})
    shown.route("http://**", lambda route: route.abort())
    shown.route("https://**", lambda route: route.abort())
    shown.goto(page.as_uri())
    if begin:
        shown.get_by_text(begin).first.evaluate("it => scrollTo(0, it.getBoundingClientRect().top - innerHeight / 3)")
    shown.screenshot(path=HERE / name)
    print(HERE / name)


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("a Chromium is wanted: apt install chromium")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        press = Path(name)
        shutil.copy(TOP / "config.toml", press)
        shutil.copytree(TOP / "examples", press / "examples")
        chaffinch(press, "run", "--once")
        (press / "letter.html").write_text(letter(press), "utf-8")
        chaffinch(press, "explain", EXPLAINED, "--html", "explained.html")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        photograph(browser, press / "feeds/news/index.html", "landing.png", 800, 900)
        photograph(browser, press / "letter.html", "letter.png", 640, 900)
        photograph(browser, press / "explained.html", "explain.png", 800, 900, "Eleven months, two gearboxes")
        browser.close()


if __name__ == "__main__":
    main()
