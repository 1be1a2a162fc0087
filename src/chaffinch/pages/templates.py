"""Jinja2 for letters and web pages alike: sandboxed, strict, the owner's templates and words first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    select_autoescape,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chaffinch import errors
from chaffinch.pages import catalogues
from chaffinch.pages.packaged import packaged_templates
from chaffinch.pages.tongue import Tongue, direction
from chaffinch.text import one_line

_WRONG = (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError, OSError)

Stamps = tuple[int, ...]

PACKAGED = "packaged"
"""`{% extends "packaged/mail/digest.html" %}` is ours, whatever the owner's `mail/digest.html` is."""


class Templates:
    """Renders `mail/…` and `web/…`; a file in the owner's folder wins over ours of the same name.

    A template sees only what is passed to it: the sandbox refuses attributes that begin with an underscore
    and calls that change values. HTML is escaped by itself; `.txt` is not.
    """

    def __init__(self, owner: Path | None = None) -> None:
        ours = packaged_templates()
        packaged = FileSystemLoader(ours)
        loaders: list[BaseLoader] = [packaged, PrefixLoader({PACKAGED: packaged})]
        if owner is not None:
            loaders.insert(0, FileSystemLoader(owner))
        self._folders = [*([owner] if owner is not None and owner.resolve() != ours.resolve() else []), ours]
        self._loader = ChoiceLoader(loaders)
        self._environments: dict[str, tuple[Stamps, Tongue, Environment]] = {}

    def tongue(self, language: str) -> Tongue:
        """What says our sentences to readers of a language. Raises TemplateError for a catalogue that is none."""
        return self._speaking(language)[0]

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """The template filled in, in the language that `lang` in the values names.

        Raises TemplateError with file, line and what is wrong.
        """
        _, environment = self._speaking(values.get("lang"))
        try:
            return environment.get_template(name).render(values)
        except _WRONG as error:
            raise errors.TemplateError(_told(name, error)) from error

    def render_text(self, template: str, values: Mapping[str, object], name: str) -> str:
        """A one-line template from the config (a subject, an intro) filled in; nothing is escaped."""
        _, environment = self._speaking(values.get("lang"))
        try:
            return environment.from_string(template).render(values)
        except _WRONG as error:
            raise errors.TemplateError(_told(name, error)) from error

    def names(self) -> tuple[str, ...]:
        """Every template and catalogue of letters and pages, the owner's and ours, in order."""
        rooms = ("mail/", "web/", f"{catalogues.FOLDER}/")
        return tuple(name for name in self._loader.list_templates() if name.startswith(rooms))

    def compile(self, name: str) -> None:
        """Raises TemplateError when the template does not compile."""
        try:
            self._speaking("en")[1].get_template(name)
        except _WRONG as error:
            raise errors.TemplateError(_told(name, error)) from error

    def translations(self) -> Iterator[Path]:
        """The owner's catalogues and ours."""
        for folder in self._folders:
            yield from sorted((folder / catalogues.FOLDER).glob("*.po"))

    def _speaking(self, language: object) -> tuple[Tongue, Environment]:
        """An environment for each language: what a template imports has its words without being given them."""
        tag = language if isinstance(language, str) else "en"
        stamps = _stamps(catalogues.files_of(self._folders, tag))
        known = self._environments.get(tag)
        if known is None or known[0] != stamps:
            tongue = catalogues.tongue(self._folders, tag)
            known = self._environments[tag] = stamps, tongue, _environment(self._loader, tongue)
        return known[1], known[2]


def _environment(loader: BaseLoader, tongue: Tongue) -> Environment:
    made = ImmutableSandboxedEnvironment(
        loader=loader,
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html", "xml"], default_for_string=False, default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=True,
    )
    made.globals |= {
        "_": tongue.say,
        "ngettext": tongue.say_many,
        "language": tongue.language,
        "direction": direction(tongue.language),
    }
    made.filters |= {
        "day": tongue.day,
        "moment": tongue.moment,
        "number": tongue.number,
        "weekday": tongue.weekday,
    }
    return made


def _stamps(files: Sequence[Path]) -> Stamps:
    """When each was written: an owner's change shows at the next letter."""
    return tuple(file.stat().st_mtime_ns if file.is_file() else 0 for file in files)


def _told(name: str, error: Exception) -> str:
    if isinstance(error, TemplateSyntaxError):
        return f"templates/{error.name or name}:{error.lineno}: {one_line(error.message or 'syntax error')}"
    if isinstance(error, TemplateNotFound):
        return f"templates/{name}: there is no template {error.name}"
    line, place, trace = 0, name, error.__traceback__
    while trace is not None:  # the deepest frame that is a template's says where
        if trace.tb_frame.f_globals.get("__jinja_template__"):
            template = trace.tb_frame.f_globals["__jinja_template__"]
            line, place = template.get_corresponding_lineno(trace.tb_lineno), template.name or name
        trace = trace.tb_next
    return f"templates/{place}:{line}: {one_line(str(error)) or type(error).__name__}"
