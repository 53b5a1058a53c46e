"""good-citizen forget: take a person, or an installation that was removed, out of the database."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from app.cli.ledger import DATABASE, HOME
from app.cli.lines import cannot, err, fail, out
from app.cli.whose import whose_home
from app.policy.home import Home, Member
from app.policy.upstreams import tracker_of
from app.settings import SettingsError, read_settings
from app.store import subjects
from app.store.engine import DATABASE_ERRORS, StoreError, open_engine, unusable
from app.store.forgetting import Forgotten, SeveralPeopleError, find_person, forget_person
from app.store.forgotten_texts import names_of
from app.store.leaving import StillThereError, find_left, forget_installation
from app.store.version import look


def forget(
    login: Annotated[
        str | None,
        typer.Argument(metavar="LOGIN|ID", help="A person, by any login or GitHub's number."),
    ] = None,
    installation: Annotated[
        int | None, typer.Option(help="An installation that was removed, by its number.")
    ] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; otherwise it is only shown.")] = False,
    home: HOME = None,
    database_url: DATABASE = None,
) -> None:
    """Forget a person, or an installation: delete what is theirs, and say what is kept and why.

    Shows what would be done; --yes does it. A person is found by GitHub's number under all logins
    that are known. Files and backups that were made before are not touched.

    Examples: good-citizen forget octocat
              good-citizen forget 583231 --yes
              good-citizen forget --installation 1234 --yes
    """
    if (login is None) is (installation is None):
        fail("Say whom to forget: a login, or --installation with its number.")
    try:
        settings = read_settings({"database_url": database_url, "home_file": home})
        look(settings.database_url)
        facts = whose_home(settings)
        if login is not None:
            act = _person(login, facts, yes=yes)
        else:
            act = _installation(installation or 0, facts)
        done = asyncio.run(_in_one_transaction(settings.database_url, act, yes=yes))
    except (SettingsError, StoreError) as error:
        cannot(error)
    except (SeveralPeopleError, StillThereError) as error:
        fail(str(error))
    _tell(done, yes=yes)


_Act = Callable[[AsyncConnection], Awaitable[Forgotten]]


def _person(login: str, home: Home, *, yes: bool) -> _Act:
    known = _on_roster(login, home)
    if known is not None:
        says = (
            f"{known.login} is on the home's roster: their next act would be recorded again. "
            "Take them off it first."
        )
        if yes:
            fail(says)
        err.print(says, markup=False)
    ids = [known.id] if known is not None and known.id is not None else []

    async def act(connection: AsyncConnection) -> Forgotten:
        who = await find_person(connection, home.host, login, ids=ids)
        done = await forget_person(connection, home.host, who)
        names = await names_of(connection, done.write_again)
        ours = [id_ for id_, name in names.items() if tracker_of(name, home) is not None]
        await subjects.mark_again(connection, ours)
        return done

    return act


def _installation(number: int, home: Home) -> _Act:
    async def act(connection: AsyncConnection) -> Forgotten:
        left = await find_left(connection, home.host, number, home)
        return await forget_installation(connection, left)

    return act


def _on_roster(called: str, home: Home) -> Member | None:
    name = called.removeprefix("@").casefold()
    for one in home.members:
        names = {login.casefold() for login in (one.login, *one.former_logins)}
        if name in names or (one.id is not None and name == str(one.id)):
            return one
    return None


async def _in_one_transaction(database_url: str, act: _Act, *, yes: bool) -> Forgotten:
    """Do it; and undo it where it was only to be shown."""
    engine = open_engine(database_url)
    try:
        async with engine.connect() as connection, connection.begin() as transaction:
            done = await act(connection)
            if not yes:
                await transaction.rollback()
            return done
    except DATABASE_ERRORS as error:
        raise unusable(engine.url, error) from error
    finally:
        await engine.dispose()


def _tell(done: Forgotten, *, yes: bool) -> None:
    if done.is_nothing:
        out.print("Nothing of theirs is here.")
        return
    for word, counts in (("delete", done.deleted), ("take the name off", done.changed)):
        for what, n in sorted((+counts).items()):
            out.print(f"{word}: {n} {what}", markup=False)
    for kept in done.kept:
        out.print(f"keep: {kept.what}, because {kept.why}", markup=False)
    out.print("Done." if yes else "Nothing was changed yet; --yes does it.")
