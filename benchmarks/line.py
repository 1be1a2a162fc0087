"""How many articles a second go through the whole line, from a folder to published feeds.

    python benchmarks/line.py [--articles 400] [--children 1] [--seed 1]

Articles are invented from a seed, half of them HTML pages of one site with its furniture, half text dumps. The figure
per core is articles by CPU seconds of this process and all of its children, so it does not depend on how many ran at a
time; wall seconds are told as well.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

from chaffinch.config import load
from chaffinch.newsroom import Newsroom

SYLLABLES = [
    first + vowel + last for first in "bdfghklmnprstvw" for vowel in "aeiou" for last in ("", "n", "r", "l", "s")
]
SMALL = ["the", "a", "of", "in", "and", "to", "with", "for", "on", "at", "from", "by", "as", "was", "not"]
TICKS = 100
"""Clock ticks a second in /proc (USER_HZ)."""

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title} | The Measured Times</title>
<meta property="article:published_time" content="2025-{month:02}-{day:02}T08:00:00Z">
<link rel="canonical" href="https://www.measured-times.example/{number}"></head>
<body><nav><ul>{navigation}</ul></nav>
<div class="cookie-notice"><p>We use cookies to make this better.</p><button>Accept all</button></div>
<main><article><h1>{title}</h1><p class="byline">By {byline}</p>
<div class="share"><a href="#">Share</a> <a href="#">Post</a> <a href="#">Print</a></div>
{paragraphs}
</article>
<section class="comments"><h2>Comments</h2><p>Please enter your comment!</p><p>Please enter your name here</p>
</section></main>
<aside><h3>› Subscribe</h3><h3>Most Visited</h3><ol>{popular}</ol></aside>
<footer><p>© 2025 The Measured Times. All rights reserved.</p></footer></body></html>
"""


def word(random: Random) -> str:
    if random.random() < 0.45:
        return random.choice(SMALL)
    return "".join(random.choices(SYLLABLES, k=random.randint(2, 3)))


def sentence(random: Random) -> str:
    return " ".join(word(random) for _ in range(random.randint(9, 24))).capitalize() + "."


def paragraph(random: Random) -> str:
    return " ".join(sentence(random) for _ in range(random.randint(2, 4)))


def write_articles(folder: Path, number: int, seed: int) -> int:
    """So many articles, the same ones for the same seed; returns how many bytes they are."""
    random = Random(seed)
    titles = [" ".join(word(random) for _ in range(8)).capitalize() for _ in range(number)]
    navigation = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ("Home", "World", "Sport", "Culture"))
    popular = "".join(f'<li><a href="/x{n}">{title}</a></li>' for n, title in enumerate(titles[:5]))
    written = 0
    for n, title in enumerate(titles):
        paragraphs = [paragraph(random) for _ in range(random.randint(6, 14))]
        byline = f"{word(random).capitalize()} {word(random).capitalize()}"
        if n % 2:
            name = f"{n:06}.txt"
            lines = ["Saturday, November 1, 2025", title, "", title, "", *(f"{text}\n" for text in paragraphs)]
            text = "\n".join([*lines, "› Subscribe", "Please enter your comment!", "More Articles", ""])
        else:
            name = f"{n:06}.html"
            text = PAGE.format(
                title=title,
                number=n,
                month=random.randint(1, 12),
                day=random.randint(1, 28),
                byline=byline,
                navigation=navigation,
                popular=popular,
                paragraphs="\n".join(f"<p>{p}</p>" for p in paragraphs),
            )
        written += (folder / name).write_text(text, "utf-8")
    return written


def processes() -> Iterator[tuple[int, list[str]]]:
    """Each process's number, and what its `stat` says behind its name (proc(5), Linux)."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            yield int(stat.parent.name), stat.read_text("utf-8", "replace").rpartition(")")[2].split()


def cpu_seconds() -> float:
    """What this process and everything below it has used of the processor so far (Linux)."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for pid, fields in processes():
        parents[pid] = int(fields[1])
        used[pid] = (int(fields[11]) + int(fields[12])) / TICKS
    mine, me = 0.0, int(Path("/proc/self").readlink().name)
    for pid, seconds in used.items():
        ancestor = pid
        while ancestor not in (me, 0):
            ancestor = parents.get(ancestor, 0)
        mine += seconds if ancestor == me else 0.0
    return mine


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--children", type=int, default=1, help="extraction processes")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()

    with tempfile.TemporaryDirectory() as name:
        press = Path(name)
        (press / "articles").mkdir()
        size = write_articles(press / "articles", wanted.articles, wanted.seed)
        (press / "config.toml").write_text('[[source]]\nlocation = "articles"\n', "utf-8")
        room = Newsroom(load(press / "config.toml"), children=wanted.children)
        room.take_over()
        wall, cpu = time.monotonic(), cpu_seconds()
        done = room.refresh("articles")
        room.publish("all")
        wall, cpu = time.monotonic() - wall, cpu_seconds() - cpu
        room.close()

    print(f"{done.new} of {wanted.articles} articles published, {size / wanted.articles / 1000:.1f} kB each")
    print(f"{done.new / cpu:7.1f} articles/s per core   ({cpu / max(done.new, 1) * 1000:.1f} ms of CPU an article)")
    print(f"{done.new / wall:7.1f} articles/s by the wall clock, {wanted.children} extraction process(es)")


if __name__ == "__main__":
    main()
