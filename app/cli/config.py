"""good-citizen config: check a file, show what holds and why, print the schema for editors."""

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from app.config import LARGEST, ConfigError, config_schema, load_home, resolved, upstream_config
from app.policy.home import Home
from app.settings import SettingsError, read_settings

config_app = typer.Typer(
    name="config", help="Check, show and describe good-citizen.yml.", no_args_is_help=True
)


@config_app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to check")],
    *,
    upstream: Annotated[
        bool, typer.Option("--upstream", help="It is an upstream repository's own file")
    ] = False,
) -> None:
    """Tell every problem of FILE with its line and column, and exit with 1 if there is one."""
    text = _bytes_of(file)
    try:
        if upstream:
            says = f"publish {upstream_config(text, str(file)).publish or 'as the home says'}"
        else:
            says = _counts(load_home(text, str(file)))
    except ConfigError as error:
        _fail(str(error))
    typer.echo(f"{file} is valid: {says}")


@config_app.command()
def show(
    home: Annotated[
        Path | None,
        typer.Option("--home", help="The file; by default the one that the settings name"),
    ] = None,
) -> None:
    """Print every value that holds, and the line it comes from, or that it is the default.

    Of a file in a repository it is the version that the worker goes by.
    """
    try:
        rows = resolved(*_text_of(home))
    except (ConfigError, SettingsError) as error:
        _fail(str(error))
    for key, value, origin in rows:
        typer.echo(f"{key}: {json.dumps(value, default=str, ensure_ascii=False)}  # {origin}")


@config_app.command()
def schema() -> None:
    """Print the JSON Schema of good-citizen.yml, which editors complete and check with."""
    typer.echo(json.dumps(config_schema(), indent=2, ensure_ascii=False))


def _text_of(home: Path | None) -> tuple[bytes | str, str]:
    """Give the file's text and what it is called; raises SettingsError with a sentence."""
    if home is not None:
        return _bytes_of(home), str(home)
    settings = read_settings()
    if settings.home_file is not None:
        return _bytes_of(settings.home_file), str(settings.home_file)
    # Here, because a file is checked and shown without a database, and at once.
    from app.cli.whose import kept_home  # noqa: PLC0415
    from app.foundation import find_home  # noqa: PLC0415
    from app.store.engine import StoreError  # noqa: PLC0415
    from app.store.version import look  # noqa: PLC0415

    _, place = find_home(settings)
    try:
        look(settings.database_url)
        return kept_home(settings, place)[0], str(place)
    except StoreError as error:
        _fail(str(error))


def _bytes_of(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST + 1)  # one byte more is refused as too large
    except OSError as error:
        _fail(f"{file} cannot be read: {error.strerror}")


def _counts(home: Home) -> str:
    counted = {
        "member": len(home.members),
        "community": len(home.communities),
        "tracker": len(home.trackers),
        "upstream": len(home.upstreams),
    }
    return ", ".join(_counted(number, word) for word, number in counted.items())


def _counted(number: int, word: str) -> str:
    plural = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{number} {word if number == 1 else plural}"


def _fail(says: str) -> NoReturn:
    typer.echo(says, err=True)
    raise typer.Exit(1)
