"""Every mistake of a config is told at once, whatever its sort."""

from pathlib import Path

import pytest

from chaffinch.config import parse
from chaffinch.errors import ConfigError

BEFORE = """
[press]
titel = "x"
[[source]]
location = "gopher://wire.example/"
[[feed]]
slug = "news"
limit = 0
sources = ["nope"]
[[digest]]
slug = "daily"
when = ["daily 07:00"]
feeds = ["nah"]
recipients = ["ann"]
[mail]
transport = "smtp"
"""


def mistakes(written: str) -> list[str]:
    with pytest.raises(ConfigError) as told:
        parse(written, Path("config.toml"))
    return [line.split(": ")[0].partition(":")[2] + " " + line.split(": ")[1] for line in told.value.problems]


def test_keys_and_what_hangs_together_are_told_in_one_go() -> None:
    assert mistakes(BEFORE) == [
        "3 press.titel",
        "5 source.0.location",
        "8 feed.0.limit",
        "9 feed.0.sources",
        "13 digest.0.feeds",
        "14 digest.0.recipients.0",
        "15 mail.from",
        "15 mail.host",
    ]


def test_a_table_that_cannot_be_named_makes_no_mistakes_of_others() -> None:
    assert mistakes('[[feed]]\nslug = "A B"\n[[digest]]\nslug = "d"\nwhen = ["daily 07:00"]\nfeeds = ["a-b"]\n') == [
        "2 feed.0.slug"
    ]


def test_a_list_with_a_mistake_is_left_out_as_a_whole() -> None:
    assert mistakes('[web]\ntrusted_proxies = ["here", "127.0.0.1"]\nmetrics_bind = "127.0.0.1:8750"\n') == [
        "2 web.trusted_proxies.0",
        "3 web.metrics_bind",
    ]
