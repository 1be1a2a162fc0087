"""The language of a text by its script and its commonest words; None when that does not tell."""

from __future__ import annotations

import re
from collections import Counter

_COMMON = {
    "cs": "a se na je že v s z do o které jako jsem byl podle také ale jsou pro",
    "da": "og i at det er en til af på for med den som ikke der har de blev også efter",
    "de": "der die das und ist nicht ein eine zu mit auf für von dem den im sich auch werden wurde",
    "en": "the of and to in is that was for with on as it by at his from have has be",
    "es": "el la los las de que y en un una por con del se para su como más al es",
    "fr": "le la les des et est une un que dans pour du qui au sur par pas plus avec ce",
    "it": "il di che la e per un una del della in non sono è con le dei nel alla anche",
    "nl": "de het een van en in is dat op te met voor zijn aan niet er ook werd bij die",
    "no": "og i at det er en til av på for med som ikke har den de ble også etter var",
    "pl": "w i na z się do nie że to jest o od po jak za przez dla są oraz był",
    "pt": "o a os as de que e em um uma para com do da não no na por mais se",
    "sv": "och i att det är en som på för av med den till inte om har de ett var också",
    "tr": "ve bir bu için da de ile olarak çok daha olan sonra gibi kadar ancak en dedi ise oldu",
}
_SETS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_LETTERS = re.compile(r"[^\W\d_]+")
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
"""Scripts of one language each, kana before the signs that Japanese shares with Chinese."""


def guess(text: str) -> str | None:
    """The language's code (ISO 639-1)."""
    sample = text[:20_000]
    letters = sum(map(len, _LETTERS.findall(sample)))
    if letters < 20:
        return None
    for language, script in _SCRIPTS:
        if len(script.findall(sample)) > letters * (0.1 if language == "ja" else 0.4):
            return language
    if len(re.findall(r"[\u0600-\u06ff]", sample)) > letters * 0.4:
        return "fa" if len(re.findall(r"[پچژگکی]", sample)) > letters * 0.02 else "ar"
    if len(re.findall(r"[\u0400-\u04ff]", sample)) > letters * 0.4:
        return "uk" if len(re.findall(r"[іїєґ]", sample)) > letters * 0.02 else "ru"
    words = Counter(word.lower() for word in _LETTERS.findall(sample))
    total = sum(words.values())
    shares = {language: sum(words[word] for word in common) / total for language, common in _SETS.items()}
    best = max(shares, key=lambda language: shares[language])
    return best if shares[best] > 0.08 and total >= 15 else None
