"""The templates of letters and pages."""

from __future__ import annotations

import re
import shutil
from typing import Annotated

import typer

from chaffinch.cli.frame import DEFAULT_CONFIG, ConfigOption, configured

app = typer.Typer(help="The templates of letters and pages.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_templates(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """List the templates there are, and whose each is."""
    from chaffinch.pages import Templates

    folder = configured(config).press.templates_dir
    for name in Templates(folder).names():
        print(f"{name}\t{'yours' if (folder / name).is_file() else 'ours'}")


@app.command()
def copy(
    name: Annotated[str, typer.Argument(help="Such as mail/digest.html or translations/fr.po.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Copy one of our templates into your folder, to be changed; yours then wins over ours.

    A catalogue of a language that we have not comes with every sentence to be translated.
    """
    from chaffinch.errors import InputError
    from chaffinch.pages import Templates, packaged_templates
    from chaffinch.pages.catalogues import fresh

    folder = configured(config).press.templates_dir
    language = re.fullmatch(r"translations/([\w-]+)\.po", name)
    written = fresh(language[1]) if language and name not in Templates().names() else None
    if name not in Templates().names() and written is None:
        raise InputError(f"{name}: there is no such template; `chaffinch templates list` names them")
    target = folder / name
    if target.exists():
        raise InputError(f"{target}: is there already, and stays as it is")
    if (packaged_templates() / name).resolve() == target.resolve():
        raise InputError(f"{target}: is the template itself")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if written is None:
            shutil.copyfile(packaged_templates() / name, target)
        else:
            target.write_bytes(written)
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror}") from error
    print(target)
