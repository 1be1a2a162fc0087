"""Marks of punctuation are known in the scripts that pages are written in."""

from chaffinch.extract.punctuation import SENTENCE_END, commas


def test_commas_of_other_scripts_count() -> None:
    assert commas("a, b، c、d，e၊ f፣ g") == 6
    assert commas("a; b. c") == 0


def test_sentences_end_as_they_do_in_their_script() -> None:
    assert len(SENTENCE_END.findall("It sailed at 3.15. Why? “Fog.” 它回来了。真的！नाव लौट आई।")) == 6
