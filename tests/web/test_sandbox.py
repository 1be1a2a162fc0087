"""Templates run in a sandbox, and the page on security names only what exists."""

import re
from pathlib import Path

import pytest

from chaffinch.errors import TemplateError
from chaffinch.pages import Templates

TOP = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "written",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ values.append.__globals__ }}",
        "{{ values.append(1) }}",
        "{{ self.__init__.__globals__ }}",
        "{{ ''|attr('__class__') }}",
        "{{ '%s'.format.__globals__ }}",
        "{{ '{0.__class__.__mro__}'.format(values) }}",
        "{% include '/etc/passwd' %}",
        "{% include '../../../../etc/passwd' %}",
        "{% extends '../config.toml' %}",
    ],
)
def test_a_template_reaches_no_further_than_what_it_is_given(tmp_path: Path, written: str) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "page.html").write_text(written, "utf-8")
    values = [1]

    with pytest.raises(TemplateError):
        Templates(tmp_path).render("web/page.html", {"values": values})

    assert values == [1]


def test_the_page_on_security_names_tests_that_exist() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", (TOP / "docs/security.md").read_text("utf-8")))

    assert len(named) > 20
    assert sorted(name for name in named if not (TOP / name).is_file()) == []
