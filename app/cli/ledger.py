"""good-citizen ledger: what was done upstream, for whom and why, as it was known at a moment."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from sqlalchemy.ext.asyncio import AsyncConnection

from app.cli.ledger_forms import FORMS, Form, Report
from app.cli.lines import cannot, err, fail
from app.cli.whose import whose_home
from app.policy.globs import problem_with
from app.policy.home import Home
from app.policy.model import Bucket, Kind
from app.reports import Head, Question, tally
from app.reports.period import end_of, moment, start_of
from app.settings import SettingsError, read_settings
from app.store import report_rows
from app.store.engine import DATABASE_ERRORS, StoreError, open_engine, open_reader, unusable
from app.store.ledger_lines import catch_up
from app.store.report_words import as_groups, logged
from app.store.version import look

DAY = ["%Y-%m-%d"]
_SPAN = ("since", "until")
HOME = Annotated[
    Path | None,
    typer.Option("--home", help="Instead of GOOD_CITIZEN_HOME_FILE.", show_default=False),
]
DATABASE = Annotated[
    str | None,
    typer.Option(
        "--database-url", help="Instead of GOOD_CITIZEN_DATABASE_URL.", show_default=False
    ),
]


def ledger(  # noqa: PLR0917 - the options of a command
    since: Annotated[
        datetime | None,
        typer.Option(formats=DAY, help="From this day on, in the home's time zone."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=DAY, help="Up to this day, and with it.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="As it was known then: a day (its end) or a time."),
    ] = None,
    kind: Annotated[Kind | None, typer.Option(help="Of this kind alone.")] = None,
    bucket: Annotated[Bucket | None, typer.Option(help="From this bucket alone.")] = None,
    activity: Annotated[str | None, typer.Option(help="Of this activity alone.")] = None,
    upstream: Annotated[
        str | None, typer.Option(metavar="GLOB", help="Upstreams, such as 'jupyterhub/*'.")
    ] = None,
    community: Annotated[
        str | None, typer.Option(help="For this community alone, by its name or an alias.")
    ] = None,
    member: Annotated[
        str | None, typer.Option(metavar="LOGIN", help="Of this person alone.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="In which form.")] = Form.TABLE,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file.")
    ] = None,
    rows: Annotated[
        int | None, typer.Option(min=0, help="Show so many; the table shows 100, the rest all.")
    ] = None,
    *,
    personal: Annotated[
        bool,
        typer.Option(
            "--personal", help="Show personal work with person and item, to your own screen alone."
        ),
    ] = False,
    home: HOME = None,
    database_url: DATABASE = None,
) -> None:
    """Show what was done upstream, for whom and why: totals, then act by act, the newest first.

    How it is counted stands in the SQLite file and in app/reports/counting.md. Personal work is
    counted and never shown with a person or an item, except on the operator's own screen with
    --personal.

    Examples: good-citizen ledger --since 2026-01-01 --until 2026-03-31
              good-citizen ledger --community CryoCloud --format csv --output cryocloud.csv
              good-citizen ledger --as-of 2026-03-31 --format sqlite --output ledger.db
    """
    if personal and (form is not Form.TABLE or output is not None):
        fail("--personal is for your own screen: it goes with the table alone, and with no file.")
    if form is Form.SQLITE and output is None:
        fail("A SQLite file needs a place: give --output FILE.")
    if upstream is not None and (problem := problem_with(upstream)):
        fail(f"--upstream {upstream!r}: expected {problem}.")
    typed = {
        "since": since and since.date().isoformat(), "until": until and until.date().isoformat(),
        "as of": as_of, "kind": kind and kind.value, "bucket": bucket and bucket.value,
        "activity": activity, "upstream": upstream, "community": community, "member": member,
    }  # fmt: skip
    told = {name: said for name, said in typed.items() if said}
    try:
        settings = read_settings({"database_url": database_url, "home_file": home})
        look(settings.database_url)
        wanted = _wanted(settings.database_url, whose_home(settings), told, personal=personal)
        asyncio.run(_write(wanted, form, output, rows))
    except (SettingsError, StoreError) as error:
        cannot(error)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be reported from where."""

    database_url: str
    home: Home
    question: Question
    head: Head
    member: str | None


def _wanted(database_url: str, home: Home, told: Mapping[str, str], *, personal: bool) -> _Wanted:
    """Make the question of what was typed."""
    since, until = (date.fromisoformat(told[at]) if at in told else None for at in _SPAN)
    question = Question(
        as_of=_moment(told.get("as of"), home),
        since=start_of(since, home) if since else None,
        until=end_of(until, home) if until else None,
        kind=Kind(told["kind"]) if "kind" in told else None,
        bucket=told.get("bucket"),
        activity=told.get("activity"),
        upstream=told.get("upstream"),
        community=_community(told.get("community"), home),
        personal=personal,
    )
    head = Head(home.name, question.as_of, datetime.now(UTC), dict(told))
    return _Wanted(database_url, home, question, head, told.get("member"))


async def _write(wanted: _Wanted, form: Form, output: Path | None, rows: int | None) -> None:
    home = wanted.home
    await _catch_up(wanted)
    async with _reading(wanted.database_url) as connection:
        home_id = await report_rows.find_home(connection, home.host, home.name)
        if home_id is None:
            fail(f"Nothing is recorded for {home.name} yet.")
        question = await _about(connection, home_id, wanted)
        asked = await report_rows.ask(connection, home_id, home.host, question)
        counted = [*await report_rows.groups(connection, asked)]
        counted += as_groups(await logged(connection, asked))
        totals = tally(counted, with_personal=not question.is_narrowed)
        report = Report(connection, asked, home, wanted.head, totals, rows)
        try:
            await FORMS[form](report, output)
        except OSError as error:
            fail(f"{output} can't be written: {error.strerror or error}")


async def _about(connection: AsyncConnection, home_id: int, wanted: _Wanted) -> Question:
    """Give the question with the person whom a login names, present or former, without case."""
    if wanted.member is None:
        return wanted.question
    called = wanted.member.removeprefix("@").casefold()
    known = [
        one
        for one in wanted.home.members
        if called in {name.casefold() for name in (one.login, *one.former_logins)}
    ]
    logins = {called, *(name for one in known for name in (one.login, *one.former_logins))}
    ids = {one.id for one in known if one.id is not None}
    keys = await report_rows.people_called(connection, home_id, wanted.home.host, logins, ids)
    return replace(wanted.question, people=keys)


async def _catch_up(wanted: _Wanted) -> None:
    """Make the lines of what was recorded since the last time, with a bar where that takes long."""
    engine = open_engine(wanted.database_url)
    try:
        async with engine.begin() as connection:
            home_id = await report_rows.find_home(connection, wanted.home.host, wanted.home.name)
        if home_id is None:
            return
        with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
            task = progress.add_task("bringing the ledger up to date", total=None)
            made = 1
            while made:
                async with engine.begin() as connection:
                    made = await catch_up(connection, home_id, wanted.home, datetime.now(UTC))
                progress.advance(task, made)
    except DATABASE_ERRORS as error:
        raise unusable(engine.url, error) from error
    finally:
        await engine.dispose()


@asynccontextmanager
async def _reading(database_url: str) -> AsyncIterator[AsyncConnection]:
    """Give a transaction that sees one state of the database."""
    reader = open_reader(database_url)
    try:
        async with reader.begin() as connection:
            yield connection
    except DATABASE_ERRORS as error:
        raise unusable(reader.url, error) from error
    finally:
        await reader.dispose()


def _moment(said: str | None, home: Home) -> datetime:
    now = datetime.now(UTC)
    try:
        return min(moment(said, home), now) if said else now
    except ValueError as error:
        fail(f"--as-of {error}.")


def _community(said: str | None, home: Home) -> str | None:
    """Give a community's own name."""
    if said is None:
        return None
    names = {
        name.casefold(): one.name
        for one in reversed(home.communities)
        for name in (*one.aliases, one.name)
    }
    if said.casefold() not in names:
        known = ", ".join(one.name for one in home.communities) or "none"
        fail(f"{said!r} is no community that the home file names; it names {known}.")
    return names[said.casefold()]
