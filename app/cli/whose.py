"""Whose ledger a command is about: the home from its file, or as the worker last read it."""

import asyncio

from app.config import ConfigError, load_home
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
    owner = place.owner.casefold() if place else ""
    kept = asyncio.run(_kept(settings))
    for one in kept:
        if owner in {name.casefold() for name in one.organisations}:
            return one
    raise SettingsError(
        (f"The worker has not read {place} yet: start `good-citizen serve`, or give --home FILE.",)
    )


async def _kept(settings: Settings) -> list[Home]:
    reader = open_reader(settings.database_url)
    try:
        async with reader.connect() as connection:
            files = await kept_files(connection, web_host(settings.github_api_url))
    except DATABASE_ERRORS as error:
        raise unusable(reader.url, error) from error
    finally:
        await reader.dispose()
    homes = []
    for file in files:
        try:
            homes.append(load_home(file.text))
        except ConfigError:
            continue  # adopted by another version of the app
    return homes
