"""Words are counted and told apart in the scripts that pages are written in."""

import unicodedata

import pytest

from chaffinch.text import count_words, normalised, words


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("The boats came home.", 4),
        ("Le café résumé", 3),
        (unicodedata.normalize("NFD", "Le café résumé"), 3),
        ("हिन्दी में समाचार पढ़ें", 4),
        ("বাংলা ভাষায় সংবাদ", 3),
        ("اَلْعَرَبِيَّةُ لُغَةٌ", 2),
        ("שָׁלוֹם עוֹלָם", 2),
        ("这是一个测试", 3),
        ("ข่าวล่าสุดวันนี้จากประเทศไทย", 6),
        ("မြန်မာ့ရေးရာ", 3),
        ("BBC မြန်မာ", 3),
        ("", 0),
    ],
)
def test_words_are_counted_as_readers_would(text: str, number: int) -> None:
    assert count_words(text) == number


def test_vowel_signs_stand_within_words() -> None:
    assert words("हिन्दी में") == ["हिन्दी", "में"]
    assert normalised("हिन्दी, में!") == "हिन्दी में"
