"""What has to be right before anything starts: key, id and home, from the settings to values."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from app.config import ConfigError, load_home
from app.config.place import HomePlace
from app.github.auth import PrivateKey, load_key
from app.policy.home import Home
from app.settings import Settings, SettingsError

NO_HOME = (
    "The organisation's good-citizen.yml is missing: set GOOD_CITIZEN_HOME_REPOSITORY to where it "
    "is at GitHub, or GOOD_CITIZEN_HOME_FILE (--home) to a file."
)


@dataclass(frozen=True, slots=True)
class Foundation:
    """What has to be right before a worker starts: read and checked, not yet connected."""

    key: PrivateKey
    app_id: int
    home: Home | None
    """None: it is read from `place`."""
    place: HomePlace | None


def lay_foundation(settings: Settings) -> Foundation:
    """Read key and home file; raise SettingsError with a sentence for each that is wrong."""
    problems: list[str] = []
    key, home, place = None, None, None
    try:
        key = load_key(private_key_pem(settings))
    except ValueError as error:
        problems.append(str(error))
    if settings.app_id is None:
        problems.append("GOOD_CITIZEN_APP_ID is missing: it is on the App's settings page.")
    try:
        home, place = find_home(settings)
    except SettingsError as error:
        problems.extend(error.problems)
    if key is None or settings.app_id is None or problems:
        raise SettingsError(tuple(problems))
    return Foundation(key, settings.app_id, home, place)


def find_home(settings: Settings) -> tuple[Home | None, HomePlace | None]:
    """Give the home from its file beside the app, or else where to read it from at GitHub.

    Raises SettingsError with a sentence for each thing that is wrong.
    """
    file = settings.home_file
    if file is not None:
        try:
            return load_home(file.read_bytes(), str(file)), None
        except OSError as error:
            says = f"The home file {file} can't be read ({error.strerror}): "
            raise SettingsError((f"{says}set GOOD_CITIZEN_HOME_FILE or --home.",)) from None
        except ConfigError as error:
            raise SettingsError(tuple(map(str, error.problems))) from None
    if settings.home_repository is None:
        raise SettingsError((NO_HOME,))
    try:
        return None, HomePlace.of(settings.home_repository)
    except ValueError as error:
        raise SettingsError((f"GOOD_CITIZEN_HOME_REPOSITORY: {error}",)) from None


def private_key_pem(settings: Settings) -> str:
    """Give the private key's text from its setting or its file; ValueError with a sentence."""
    if settings.private_key is not None:
        return settings.private_key.get_secret_value()
    if settings.private_key_file is None:
        raise ValueError(
            "The App's private key is missing: set GOOD_CITIZEN_PRIVATE_KEY_FILE to the file that "
            "GitHub let you download, or GOOD_CITIZEN_PRIVATE_KEY to its text."
        )
    try:
        return settings.private_key_file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise ValueError(
            f"The private key's file {settings.private_key_file} can't be read: {why}."
        ) from None


def web_host(api_url: str, place: HomePlace | None = None) -> str:
    """Give the host that people see: `place` names it, else the API's address without "api.".

    Only Enterprise Server has its API below the host itself, so that no "api." is in front.
    """
    if place is not None and place.host is not None:
        return place.host
    host = (urlsplit(api_url).hostname or "").lower()
    named = host.removeprefix("api.")
    return named if named == "github.com" or named.endswith(".ghe.com") else host
