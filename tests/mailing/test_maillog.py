"""Which letters a mail server took, by its log."""

import pytest

from chaffinch.mailing.maillog import taken

ONE, TWO = "<abcdefghij234567@press.example.org>", "<klmnopqrst234567@press.example.org>"
POSTFIX = f"""\
Nov 22 07:00:01 mx postfix/smtpd[11]: 4C1A2B3D4E: client=localhost[127.0.0.1]
Nov 22 07:00:01 mx postfix/cleanup[12]: 4C1A2B3D4E: message-id={ONE}
Nov 22 07:00:01 mx postfix/qmgr[13]: 4C1A2B3D4E: from=<d@press.example.org>, size=1500, nrcpt=1 (queue active)
Nov 22 07:00:01 mx postfix/cleanup[12]: 5C1A2B3D4E: message-id={TWO}
Nov 22 07:00:01 mx postfix/smtpd[11]: lost connection after DATA (1400 bytes) from localhost[127.0.0.1]
"""
EXIM = f"2026-11-22 07:00:01 1abcde-000001-AB <= d@press.example.org H=localhost P=esmtp S=1500 id={ONE.strip('<>')}\n"


@pytest.mark.parametrize("log", [POSTFIX, EXIM, f"{ONE}\n", f"  {ONE.strip('<>')}  \n"])
def test_what_the_server_took_is_known_by_its_log(log: str) -> None:
    assert taken(log.splitlines(), [ONE, TWO]) == {ONE}


@pytest.mark.parametrize(
    "log", ["", f"somebody wrote of {ONE}", f"mx postfix/cleanup[1]: 4C1A2B3D4E: message-id={ONE}", "\0" * 5000]
)
def test_what_the_log_does_not_say_is_not_known(log: str) -> None:
    assert taken(log.splitlines(), [ONE, TWO]) == set()
