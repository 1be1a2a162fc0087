"""Measure extraction of what other programs make of pages: `python benchmarks/dumped.py CORPUS [--every N]`.

The article pages of `wcxb/` are dumped to text by the text browsers lynx, w3m and links, and to plain text and Markdown
by pandoc and markdownify; programs that are not installed are left out. The packaged line model has learned from the
same pages, dumped otherwise: what is compared here are the forms.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in the children of a press

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "train"))
import corpus  # type: ignore[import-not-found] # beside the training script
import titled  # type: ignore[import-not-found] # beside the training script

from chaffinch.extract import charset, extractor
from chaffinch.model import Draft, Page, Reference, Repeats, Rules

_LYNX = ("lynx", "-dump", "-display_charset=utf-8", "-assume_charset=utf-8", "-width=80")
_PROGRAMS = {
    "lynx, with its list of links": _LYNX,
    "lynx": (*_LYNX, "-nolist"),
    "w3m": ("w3m", "-dump", "-cols", "80", "-I", "utf-8", "-O", "utf-8", "-T", "text/html"),
    "links": ("links", "-dump", "-codepage", "utf-8", "-width", "80"),
    "pandoc, plain": ("pandoc", "--from=html", "--to=plain"),
    "pandoc, Markdown": ("pandoc", "--from=html", "--to=markdown", "--wrap=none"),
    "pandoc, GitHub's Markdown": ("pandoc", "--from=html", "--to=gfm", "--wrap=none"),
    "markdownify": ("markdownify",),
}
_SECONDS = 60
"""That a program may take for a page."""


def dumped(program: tuple[str, ...], page: Path) -> str:
    """What the program makes of a page; empty where it fails."""
    try:
        said = subprocess.run([*program, str(page)], capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return ""
    return "" if said.returncode else said.stdout.decode("utf-8", "replace")


def cleaned(text: str) -> Draft:
    """What Chaffinch makes of a text."""
    page = Page("file:///dump.txt", text.encode("utf-8", "replace"), "text/plain")
    return extractor.extract(Reference(page.url), page, Rules(), Repeats())


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("corpus", type=Path)
    asked.add_argument("--every", type=int, default=6, help="take every n-th page only")
    given = asked.parse_args()
    samples = [sample for sample in corpus.wcxb(given.corpus) if sample.kind == "article"][:: given.every]
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        for name, program in _PROGRAMS.items():
            if shutil.which(program[0]) is None:
                print(f"{name}: not installed")
                continue
            figures, before, titles = [], [], []
            for sample in samples:
                page.write_text(f'<meta charset="utf-8">{charset.decode(sample.body)}', "utf-8", "replace")
                if (text := dumped(program, page)).strip():
                    draft = cleaned(text)
                    figures.append(corpus.word_f1(draft.text, sample.truth)[:3])
                    titles.append(titled.is_same(draft.title, sample.title))
                    before.append(corpus.word_f1(text, sample.truth)[0])
            if not figures:
                print(f"{name}: no dumps")
                continue
            f1, precision, recall = np.mean(figures, axis=0)
            print(
                f"{name}: F1 {f1:.3f}  P {precision:.3f}  R {recall:.3f} of {len(figures)} dumps; "
                f"title right {np.mean(titles):.3f}; "
                f"F1 of the dumps as they are {np.mean(before):.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
