"""Jinja2 for letters and web pages alike: sandboxed, strict, the owner's templates first."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
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
from chaffinch.text import one_line


def packaged_templates() -> Path:
    """Where our own templates are: inside the installed package, or at the top of a checkout."""
    inside = Path(str(files("chaffinch"))) / "templates"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[2] / "templates"


_WRONG = (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError, OSError)

PACKAGED = "packaged"
"""`{% extends "packaged/mail/digest.html" %}` is ours, whatever the owner's `mail/digest.html` is."""


class Templates:
    """Renders `mail/…` and `web/…`; a file in the owner's folder wins over ours of the same name.

    A template sees only what is passed to it: the sandbox refuses attributes that begin with an underscore
    and calls that change values. HTML is escaped by itself; `.txt` is not.
    """

    def __init__(self, owner: Path | None = None) -> None:
        ours = FileSystemLoader(packaged_templates())
        loaders: list[BaseLoader] = [ours, PrefixLoader({PACKAGED: ours})]
        if owner is not None:
            loaders.insert(0, FileSystemLoader(owner))
        self._environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader(loaders),
            undefined=StrictUndefined,
            autoescape=select_autoescape(["html", "xml"], default_for_string=False, default=False),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=True,
        )

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """The template filled in. Raises TemplateError with file, line and what is wrong."""
        try:
            return self._environment.get_template(name).render(values)
        except _WRONG as error:
            raise errors.TemplateError(_told(name, error)) from error

    def render_text(self, template: str, values: Mapping[str, object], name: str) -> str:
        """A one-line template from the config (a subject, an intro) filled in; nothing is escaped."""
        try:
            return self._environment.from_string(template).render(values)
        except _WRONG as error:
            raise errors.TemplateError(_told(name, error)) from error

    def names(self) -> tuple[str, ...]:
        """Every template of letters and pages, the owner's and ours, in order."""
        return tuple(n for n in self._environment.list_templates() if n.startswith(("mail/", "web/")))

    def compile(self, name: str) -> None:
        """Raises TemplateError when the template does not compile."""
        try:
            self._environment.get_template(name)
        except _WRONG as error:
            raise errors.TemplateError(_told(name, error)) from error


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
