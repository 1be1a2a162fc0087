"""Measure extraction on pages written as sites of today serve them: `python benchmarks/pages.py [--only TOOL]`.

`pages/` holds them, beside each what its article is: 32 that stand alone (`alone-*`), in seventeen languages, and four
sites of five pages (`site-*`), whose other pages are witnesses of what the site repeats. No model has learned from
them; rules were mended by them, so their figures are of pages that are known. Other tools are asked where they are
installed.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent / "train"))
sys.path.insert(0, str(Path(__file__).parent))
import corpus  # type: ignore[import-not-found] # beside the training script
import rivals  # type: ignore[import-not-found] # beside this script

from chaffinch.extract import charset, extractor, repeats
from chaffinch.model import Page, Reference, Repeats, Rules

FOLDER = Path(__file__).with_name("pages")


def report(name: str, said: list[dict[str, Any]], texts: list[str]) -> None:
    """Word F1 against the articles, and how many snippets that must stay are lost, and that must go are left."""
    truths = ["\n".join(each["text"]) for each in said]
    f1 = sum(corpus.word_f1(text, truth)[0] for text, truth in zip(texts, truths, strict=True)) / len(texts)
    plain = [" ".join(text.split()) for text in texts]
    lost = sum(one not in text for each, text in zip(said, plain, strict=True) for one in each["keep"])
    left = sum(one in text for each, text in zip(said, plain, strict=True) for one in each["drop"])
    print(f"  {name:18} F1 {f1:.4f}  must stay and lost {lost}  must go and left {left}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", nargs="*", help="which other tools; none: all that are installed")
    only = asked.parse_args().only
    others = {name: rivals.tool(name) for name in rivals.installed() if only is None or name in only}
    for folder in sorted(FOLDER.iterdir()):
        said = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
        bodies = [path.read_bytes() for path in sorted(folder.glob("*.html"))]
        pages = [Page(each["url"], body, "text/html") for each, body in zip(said, bodies, strict=True)]
        known = Repeats()
        if folder.name.startswith("site"):
            known = repeats.learned(extractor.outline(page) for page in pages)
        drafts = [extractor.extract(Reference(page.url), page, Rules(), known) for page in pages]
        titles = sum(draft.title == each["title"] for draft, each in zip(drafts, said, strict=True))
        print(f"{folder.name}: {len(pages)} pages, {titles} titles right")
        report("chaffinch", said, [draft.text for draft in drafts])
        for name, tool in others.items():
            report(name, said, [tool(page.url, charset.decode(page.body)) for page in pages])


if __name__ == "__main__":
    main()
