"""The doctor's look at what lies on our own ground: home file, key, secret, database, worker."""

from datetime import UTC, datetime

from app.cli.diagnosis import Check, Diagnosis, fine, problem, unknown
from app.config import ConfigError, load_home
from app.foundation import find_home, private_key_pem, web_host
from app.github.auth import PrivateKey, load_key
from app.policy.home import Home
from app.settings import Settings, SettingsError
from app.store import alive
from app.store.engine import StoreError, check_durability, open_engine, open_reader
from app.store.figures import worker_seen_since
from app.store.version import NotReadyError, ready
from app.web.pages import WORKER_SEEN

FEW = 8
"""A secret of fewer different characters was typed, not drawn."""
_DRAW = "make one with: openssl rand -hex 32"
_SERVE = "Start `good-citizen serve`, which makes the tables or brings them up to date."


def look_at_home(settings: Settings) -> tuple[Home | None, list[Diagnosis]]:
    """Read the home file; give it if it is valid. One that is at GitHub is not read here."""
    file = settings.home_file
    if file is None:
        return None, [_look_at_place(settings)]
    try:
        home = load_home(file.read_bytes(), str(file))
    except OSError as error:
        says = f"{file} can't be read: {error.strerror}"
        advice = (
            "Set GOOD_CITIZEN_HOME_FILE or --home to the organisation's good-citizen.yml; README "
            "has the smallest one."
        )
        return None, [problem(Check.HOME, says, advice)]
    except ConfigError as error:
        advice = f"Correct the file; `good-citizen config check {file}` looks at it alone."
        return None, [problem(Check.HOME, str(each), advice) for each in error.problems]
    host = web_host(settings.github_api_url)
    if home.host != host:
        says = f"{file} speaks of {home.host}, GOOD_CITIZEN_GITHUB_API_URL of {host}"
        return home, [problem(Check.HOME, says, "Make `home: host:` and the setting agree.")]
    dry = home.publish.dry_run if settings.dry_run is None else settings.dry_run
    writes = "a dry run, nothing is written to GitHub" if dry else "writing is switched on"
    return home, [fine(Check.HOME, f"{file} is valid; {writes}")]


def _look_at_place(settings: Settings) -> Diagnosis:
    try:
        _, place = find_home(settings)
    except SettingsError as error:
        return problem(Check.HOME, error.problems[0], "README says which.")
    return fine(Check.HOME, f"the worker reads it from {place} at GitHub, and its log says how")


def look_at_key(settings: Settings) -> tuple[PrivateKey | None, list[Diagnosis]]:
    """Load the private key; give it if it is one."""
    try:
        key = load_key(private_key_pem(settings))
    except ValueError as error:
        advice = "On the App's settings page choose Private keys, Generate a private key."
        return None, [problem(Check.KEY, str(error), advice)]
    return key, [fine(Check.KEY, "the private key can be read")]


def look_at_secret(settings: Settings) -> Diagnosis:
    """Judge the webhook's secret; its length is the settings' own business."""
    secrets = settings.webhook_secrets
    if not secrets:
        says = "GOOD_CITIZEN_WEBHOOK_SECRET is missing: nothing that arrives could be trusted"
        advice = f"Set it to what stands as Webhook secret in the App's settings; {_DRAW}"
        return problem(Check.SECRET, says, advice)
    if poor := [secret for secret in secrets if len(set(secret)) < FEW]:
        says = f"a webhook secret has only {len(set(poor[0]))} different characters"
        advice = f"Take one that can't be guessed, here and in the App's settings; {_DRAW}"
        return problem(Check.SECRET, says, advice)
    if len(secrets) > 1:
        return fine(Check.SECRET, f"{len(secrets)} webhook secrets are accepted, for a rotation")
    return fine(Check.SECRET, "the webhook's secret is set")


async def look_at_database(database_url: str) -> Diagnosis:
    """Tell whether the database is there, of our version, keeps what it is told, and is writable.

    Writes a row and takes it back.
    """
    try:
        await _write_in_vain(database_url)
    except NotReadyError as error:
        return problem(Check.DATABASE, str(error), _SERVE)
    except StoreError as error:
        advice = "GOOD_CITIZEN_DATABASE_URL names it; this user has to be able to write to it."
        return problem(Check.DATABASE, str(error), advice)
    return fine(Check.DATABASE, "it is there, up to date and writable")


async def look_at_worker(database_url: str) -> Diagnosis:
    """Tell whether a worker was seen lately. Only reads: a health check may ask all the time."""
    try:
        seen = await _worker_seen(database_url)
    except NotReadyError as error:
        return unknown(Check.WORKER, str(error), _SERVE)
    except StoreError as error:
        return unknown(Check.WORKER, str(error))
    if not seen:
        says = f"no worker was seen within {WORKER_SEEN.seconds} s"
        advice = "Start `good-citizen serve`, or `good-citizen serve --worker`; its log says more."
        return problem(Check.WORKER, says, advice)
    return fine(Check.WORKER, f"one was seen within {WORKER_SEEN.seconds} s")


async def _write_in_vain(database_url: str) -> None:
    async with ready(open_engine(database_url)) as connection:
        await alive.beat(connection, "doctor", datetime.now(UTC))
        await connection.rollback()
    engine = open_engine(database_url)
    try:
        await check_durability(engine)
    finally:
        await engine.dispose()


async def _worker_seen(database_url: str) -> bool:
    async with ready(open_reader(database_url)) as connection:
        return await worker_seen_since(connection, datetime.now(UTC) - WORKER_SEEN)
