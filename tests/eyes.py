"""What a reader's eyes would stumble over, looked for in a browser."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ENOUGH = 4.5
"""The lowest contrast of text of any size (WCAG 2.2, 1.4.3)."""

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)

# Colours are laid over each other as a browser does it: what is half transparent shows what stands behind it.
_CONTRAST = """() => {
  const parse = colour => { const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const channel = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
  const bare = getComputedStyle(document.documentElement).colorScheme.includes('dark')
    && matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
  const behind = element => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
    return layers.reduceRight((below, layer) => over(layer, below), bare);
  };
  const opacity = element => {
    let all = 1;
    for (let e = element; e; e = e.parentElement) all *= getComputedStyle(e).opacity;
    return all;
  };
  let worst = [21, 'no text at all'];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !element.checkVisibility({visibilityProperty: true})) continue;
    const ground = behind(element);
    const [r, g, b, a] = parse(getComputedStyle(element).color);
    const [low, high] = [light(over([r, g, b, a * opacity(element)], ground)), light(ground)].sort((x, y) => x - y);
    const ratio = (high + .05) / (low + .05);
    if (ratio < worst[0]) worst = [ratio, element.outerHTML.slice(0, 200)];
  }
  return worst;
}"""

# What reaches out of the window on the right and cannot be scrolled by itself.
_SIDEWAYS = """() => {
  const width = document.documentElement.clientWidth;
  const wide = document.scrollingElement.scrollWidth;
  if (wide <= width) return [0, ''];
  const far = [...document.body.querySelectorAll('*')].find(e => e.getBoundingClientRect().right > width + .5);
  return [wide - width, far ? far.outerHTML.slice(0, 200) : ''];
}"""


@contextmanager
def opened() -> Iterator[Any]:
    """The system's Chromium, without a window. Skips the test where there is none."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(_ARGUMENTS))
        yield browser
        browser.close()


def contrast(page: Any) -> tuple[float, str]:
    """The lowest contrast of any visible text with what stands behind it, and whose it is."""
    ratio, where = page.evaluate(_CONTRAST)
    return float(ratio), str(where)


def sideways(page: Any) -> tuple[int, str]:
    """By how many pixels the page is wider than its window, and what makes it so."""
    pixels, where = page.evaluate(_SIDEWAYS)
    return int(pixels), str(where)
