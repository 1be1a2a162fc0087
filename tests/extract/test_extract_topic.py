"""A line is told by whether it speaks of what the text speaks of."""

import numpy as np

from chaffinch.extract import plaintext, topic

STORY = [
    "The harbour master counted every fishing boat twice before the storm reached the outer harbour wall.",
    "Seven fishing boats were missing at midnight, and the harbour lights were kept burning until the morning.",
]


def rows(lines: list[str]) -> dict[str, list[float]]:
    found = topic.rows(plaintext.cut("\n\n".join(lines)))
    return {name: found[:, at].tolist() for at, name in enumerate(topic.COLUMNS)}


def test_a_heading_says_what_the_prose_says_and_a_teaser_does_not() -> None:
    found = rows([STORY[0], "Missing fishing boats", STORY[1], "Best budget laptops"])

    assert found["topic"][1] == 1
    assert found["topic_near"][1] == 1
    assert found["topic"][3] == found["topic_near"][3] == 0


def test_a_sentence_is_not_its_own_witness() -> None:
    alone = rows(STORY[:1])["topic"]
    both = rows(STORY)["topic"]

    assert alone == [0]
    assert 0 < both[0] < 1


def test_endings_do_not_hide_a_word() -> None:
    found = rows(
        ["Der Hafenmeister zählte vor dem Sturm jedes Fischerboot, das im Hafen lag, noch einmal.", "Fischerboote"]
    )

    assert found["topic"][1] == 1


def test_scripts_without_blanks_are_compared_by_pairs_of_characters() -> None:
    found = rows(
        ["港务长在暴风雨到达外港防波堤之前把每一艘渔船都数了两遍，他说没有一艘船失踪。", "渔船", "笔记本电脑推荐"]
    )

    assert found["topic"][1] == 1
    assert found["topic"][2] == 0


def test_lines_without_long_words_say_nothing() -> None:
    assert np.array(list(rows(["…", "12:30", "a b c"]).values())).sum() == 0
    assert topic.rows([]).shape == (0, len(topic.COLUMNS))
