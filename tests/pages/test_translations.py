"""Every sentence of letters and pages can be said in another language, and is in ours.

`CHAFFINCH_WRITE_CATALOGUES=1` writes `messages.pot` anew and brings what is new into `de.po`, to be translated there.
"""

import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from jinja2.ext import extract_from_ast
from markupsafe import Markup

from chaffinch.cli.app import run
from chaffinch.errors import InputError, TemplateError
from chaffinch.pages import Templates, Tongue, direction
from chaffinch.pages.catalogues import fresh, names_of, read, sentences, written

TOP = Path(__file__).resolve().parents[2]
CATALOGUES = TOP / "templates/translations"
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
RULE = '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'


def collected() -> Iterator[tuple[str, ...]]:
    """Every sentence in templates and code; two for one that counts."""
    environment = Environment()
    for path in sorted([*TOP.glob("templates/mail/*"), *TOP.glob("templates/web/*")]):
        if path.suffix in (".html", ".txt"):
            for _, _, said in extract_from_ast(environment.parse(path.read_text("utf-8")), ("_", "ngettext")):
                yield tuple(part for part in ([said] if isinstance(said, str) else said or ()) if part)
    for path in sorted((TOP / "src/chaffinch").rglob("*.py")):
        with path.open("rb") as file:
            for _, said, _, _ in extract("python", file, {"marked": None, "say": None, "say_many": (1, 2)}):
                yield (said,) if isinstance(said, str) else tuple(said)


def sources() -> Catalog:
    made = Catalog()
    for said in collected():
        if said:
            made.add(said if len(said) > 1 else said[0])
    return made


def ids(catalog: Catalog) -> set[str]:
    return {str(message.id) for message in catalog if message.id}


def test_the_list_of_sentences_is_what_templates_and_code_say() -> None:
    said = written(None, sources())
    listed = CATALOGUES / "messages.pot"
    if os.environ.get("CHAFFINCH_WRITE_CATALOGUES"):
        listed.write_bytes(said)
        german = CATALOGUES / "de.po"
        held = read_po(io.BytesIO(german.read_bytes() if german.exists() else HEAD.encode()), locale="de")
        held.update(sources(), no_fuzzy_matching=True)
        german.write_bytes(written(Locale("de"), held))

    assert listed.read_bytes() == said
    assert len(ids(sentences())) > 100


def test_german_says_every_sentence_and_no_other() -> None:
    german = read_po(io.BytesIO((CATALOGUES / "de.po").read_bytes()))
    missing = [message.id for message in german if message.id and not all(_strings(message.string))]

    assert missing == []
    assert ids(german) == ids(sources())
    assert list(read(CATALOGUES / "de.po").problems) == []
    assert not [message.id for message in german if message.fuzzy]


def _strings(said: object) -> list[str]:
    return list(said) if isinstance(said, tuple) else [str(said or "")]


@pytest.fixture
def owner(tmp_path: Path) -> Path:
    (tmp_path / "translations").mkdir()
    return tmp_path


def put(owner: Path, name: str, *messages: str, head: str = HEAD + RULE) -> None:
    (owner / "translations" / name).write_text(head + "\n\n".join(messages) + "\n", "utf-8")


def test_an_owners_catalogue_adds_a_language_and_what_it_lacks_is_english(owner: Path) -> None:
    put(owner, "fr.po", 'msgid "Unsubscribe"\nmsgstr "Se désabonner"')

    said = Templates(owner).render_text("{{ _('Unsubscribe') }}, {{ _('Untitled') }}", {"lang": "fr-CA"}, "x")

    assert said == "Se désabonner, Untitled"
    assert Templates(owner).tongue("fr-CA").weekday(NOW) == "dimanche 22 novembre 2026"


def test_an_owners_catalogue_wins_over_ours_sentence_by_sentence(owner: Path) -> None:
    put(owner, "de.po", 'msgid "Unsubscribe"\nmsgstr "Nicht mehr schicken"')
    put(owner, "en.po", 'msgid "Unsubscribe"\nmsgstr "No more, thanks"')

    assert Templates(owner).tongue("de").say("Unsubscribe") == "Nicht mehr schicken"
    assert Templates(owner).tongue("de-AT").say("Imprint") == "Impressum"
    assert Templates(owner).tongue("en-GB").say("Unsubscribe") == "No more, thanks"


def test_a_changed_catalogue_shows_at_the_next_letter(owner: Path) -> None:
    templates = Templates(owner)
    before = templates.render_text("{{ _('Imprint') }}", {"lang": "fr"}, "x")

    put(owner, "fr.po", 'msgid "Imprint"\nmsgstr "Mentions légales"')

    assert (before, templates.render_text("{{ _('Imprint') }}", {"lang": "fr"}, "x")) == ("Imprint", "Mentions légales")


def test_numbers_take_the_forms_of_their_language(owner: Path) -> None:
    rule = (
        '"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && '
        '(n%100<10 || n%100>=20) ? 1 : 2);\\n"\n\n'
    )
    forms = 'msgstr[0] "{count} статья"\nmsgstr[1] "{count} статьи"\nmsgstr[2] "{count} статей"'
    put(owner, "ru.po", f'msgid "{{count}} article"\nmsgid_plural "{{count}} articles"\n{forms}', head=HEAD + rule)
    russian = Templates(owner).tongue("ru")

    said = [russian.say_many("{count} article", "{count} articles", number) for number in (1, 3, 11, 1200)]

    assert said == ["1 статья", "3 статьи", "11 статей", "1\N{NO-BREAK SPACE}200 статей"]


def test_days_hours_and_numbers_are_the_languages_own() -> None:
    english, german = Templates().tongue("en"), Templates().tongue("de")

    assert english.moment(NOW, "Europe/Vienna") == "22 November 2026, 07:00"
    assert german.weekday(NOW, "Asia/Tokyo") == "Sonntag, 22. November 2026"
    assert (english.number(1200), german.number(1200)) == ("1,200", "1.200")
    assert (direction("ar-EG"), direction("de")) == ("rtl", "ltr")


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("Zeile {titel}", "{title} is missing"),
        ("{title} {title.__class__}", "a brace stands alone"),
        ("{title} {0}", "there is no {0} to put in"),
        ("{title} {", "a brace stands alone"),
        ("<b>{title}</b>", "markup"),
        ("{title} &lt;", "markup"),
        ("{title} \u202e", "control"),
    ],
)
def test_a_hostile_translation_is_left_out_and_told_in_one_line(owner: Path, said: str, wrong: str) -> None:
    put(owner, "fr.po", f'msgid "Welcome to {{title}}"\nmsgstr "{said}"', 'msgid "Imprint"\nmsgstr "Mentions"')

    problems = read(owner / "translations/fr.po").problems
    french = Templates(owner).tongue("fr")

    assert len(problems) == 1
    assert problems[0].startswith("templates/translations/fr.po:6: 'Welcome to {title}': ")
    assert wrong in problems[0]
    assert french.say("Welcome to {title}", title="T") == "Welcome to T"
    assert french.say("Imprint") == "Mentions"


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xfe",
        b"msgid\n",
        b'msgid "a"\nmsgstr "b\n',
        b'msgid "a"\nmsgid "b"\n',
        b"no catalogue at all",
        (HEAD + '"Plural-Forms: nplurals=2; plural=n/0;\\n"\n\nmsgid "a"\nmsgstr "b"\n').encode(),
        (HEAD + '"Plural-Forms: nplurals=2; plural=n+7;\\n"\n\nmsgid "a"\nmsgstr "b"\n').encode(),
        (HEAD + '"Plural-Forms: nplurals=x; plural=__import__(os);\\n"\n\nmsgid "a"\nmsgstr "b"\n').encode(),
        b" " * 1_000_001,
    ],
)
def test_what_is_no_catalogue_is_refused_in_one_line(owner: Path, raw: bytes) -> None:
    (owner / "translations/fr.po").write_bytes(raw)

    with pytest.raises(TemplateError, match=r"^templates/translations/fr\.po[^\n]*$"):
        Templates(owner).tongue("fr")


def test_what_is_filled_in_is_never_a_template_nor_markup() -> None:
    tongue = Tongue()

    assert tongue.say("Welcome to {title}", title="{count} {0.__class__}") == "Welcome to {count} {0.__class__}"
    safe = tongue.say("{title} & more", title=Markup("<b>a</b>"))
    assert safe == "<b>a</b> &amp; more"
    assert Templates().render_text("{{ _('Welcome to {title}', title='<b>') }}", {}, "x") == "Welcome to <b>"


@pytest.mark.parametrize(
    ("tag", "names"),
    [
        ("pt-br", ["pt_BR", "pt"]),
        ("zh-hans-cn", ["zh_Hans_CN", "zh_Hans", "zh"]),
        ("DE", ["de"]),
        ("../de", []),
        ("", []),
    ],
)
def test_a_catalogue_is_looked_for_under_the_languages_names(tag: str, names: list[str]) -> None:
    assert names_of(tag) == names


def test_a_new_catalogue_has_every_sentence_and_the_languages_rule(owner: Path) -> None:
    (owner / "translations/pl.po").write_bytes(fresh("pl"))

    made = read_po(io.BytesIO(fresh("pl")))

    assert ids(made) == ids(sources())
    assert made.num_plurals == 3
    assert Templates(owner).tongue("pl").say("Unsubscribe") == "Unsubscribe"
    with pytest.raises(InputError):
        fresh("no-such-language-at-all")


@given(st.text(max_size=60), st.text(max_size=30))
def test_whatever_a_title_holds_it_is_filled_in_as_it_stands(before: str, title: str) -> None:
    text = before.replace("{", "").replace("}", "") + "{title}"

    assert Tongue().say(text, title=title) == text[: -len("{title}")] + title


def test_the_command_copies_our_catalogue_or_makes_a_new_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text("")
    options = ["--config", str(tmp_path / "config.toml")]

    statuses = [run(["templates", "copy", f"translations/{name}.po", *options]) for name in ("de", "pt_BR", "xx_no")]

    assert statuses == [0, 0, 66]
    assert "no such language" in capsys.readouterr().err
    made = tmp_path / "templates/translations"
    assert (made / "de.po").read_bytes() == (CATALOGUES / "de.po").read_bytes()
    assert b"Language: pt_BR" in (made / "pt_BR.po").read_bytes()


def test_check_tells_of_a_translation_that_cannot_be_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text('[press]\nlanguage = "fr"\n')
    (tmp_path / "templates/translations").mkdir(parents=True)
    put(tmp_path / "templates", "fr.po", 'msgid "Welcome to {title}"\nmsgstr "Bienvenue"')

    assert run(["check", "--config", str(tmp_path / "config.toml")]) == 78
    assert "fr.po:6: 'Welcome to {title}': {title} is missing" in capsys.readouterr().err
