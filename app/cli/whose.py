"""Whose ledger a command is about: the home from its file, or as the worker last read it."""

import asyncio

from app.config import ConfigError, load_home
from app.config.place import HomePlace
from app.foundation import find_home, web_host
from app.policy.home import Home
from app.settings import Settings, SettingsError
from app.store.engine import DATABASE_ERRORS, open_reader, unusable
from app.store.homes import kept_files


def whose_home(settings: Settings) -> Home:
    """Give the home of the file beside the app, or of the one that the worker keeps.

    Needs a database of our version. Raises SettingsError or StoreError with a sentence.
    """
    home, place = find_home(settings)
    if home is not None:
        return home
    return kept_home(settings, place)[1]


def kept_home(settings: Settings, place: HomePlace | None) -> tuple[str, Home]:
    """Give the file that the worker keeps of the home at `place`, and what it says.

    Needs a database of our version. Raises SettingsError or StoreError with a sentence.
    """
    owner = place.owner.casefold() if place else ""
    for text, home in asyncio.run(_kept(settings, web_host(settings.github_api_url, place))):
        if owner in {name.casefold() for name in home.organisations}:
            return text, home
    raise SettingsError(
        (f"The worker has not read {place} yet: start `good-citizen serve`, or give --home FILE.",)
    )


async def _kept(settings: Settings, host: str) -> list[tuple[str, Home]]:
    reader = open_reader(settings.database_url)
    try:
        async with reader.connect() as connection:
            files = await kept_files(connection, host)
    except DATABASE_ERRORS as error:
        raise unusable(reader.url, error) from error
    finally:
        await reader.dispose()
    homes = []
    for file in files:
        try:
            homes.append((file.text, load_home(file.text)))
        except ConfigError:
            continue  # adopted by another version of the app
    return homes
