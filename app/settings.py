"""The settings of one deployment: `GOOD_CITIZEN_*` from the environment or a `.env` file.

Only the processes' entry points read them; everyone else is handed values. Each field's
description is what the README lists.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "GOOD_CITIZEN_"
SECRET_LEAST = 16
"""Fewest characters of a webhook secret; GitHub asks for "high entropy"."""


class SettingsError(Exception):
    """The start is off: one clear sentence for each problem, all at once."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """What an operator decides; the defaults fit github.com and one machine."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True,
        frozen=True, extra="ignore",
    )  # fmt: skip

    app_id: int | None = Field(None, ge=1, description="The App's id, from its settings page")
    private_key: SecretStr | None = Field(
        None,
        description="The App's private key in PEM form",
    )
    private_key_file: Path | None = Field(
        None, description="A file that holds the private key, instead of PRIVATE_KEY"
    )
    webhook_secret: SecretStr | None = Field(
        None,
        description=f"The webhook's secret, {SECRET_LEAST} characters or more; "
        "two, comma-separated, during rotation",
    )
    database_url: str = Field(
        "sqlite:///good-citizen.db",
        description="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME",
    )
    home_repository: str | None = Field(
        None,
        description="Where the organisation's good-citizen.yml is reviewed and read from: owner, "
        "owner/name or owner/name:path; owner alone is its repository .github-private if there is "
        "one, else .github. https://HOST/ goes before it where GITHUB_API_URL, a gateway's say, "
        "does not tell which GitHub people see",
    )
    home_file: Path | None = Field(
        None,
        description="The organisation's good-citizen.yml as a file beside the app; goes before "
        "HOME_REPOSITORY",
    )
    github_api_url: str = Field(
        "https://api.github.com",
        description="The API's address; for Enterprise Server https://HOST/api/v3",
    )
    host: str = Field("127.0.0.1", description="The address that the web process listens on")
    port: int = Field(8000, ge=0, le=65535, description="The port that the web process listens on")
    dry_run: bool | None = Field(
        None, description="true: write nothing to GitHub whatever the home file says"
    )
    writes_per_minute: int = Field(
        60, ge=0, description="Writes per minute and installation; 0: no limit (Enterprise Server)"
    )
    writes_per_hour: int = Field(
        400, ge=0, description="Writes per hour and installation; 0: no limit (Enterprise Server)"
    )
    write_spacing: float = Field(
        1.0, ge=0, description="Seconds between two writes of an installation"
    )
    client_timeout: float = Field(10.0, gt=0, description="Seconds that a call to GitHub may take")
    lease: float = Field(
        60.0,
        gt=0,
        description="Seconds for which a worker holds an item; at least three times "
        "CLIENT_TIMEOUT, to outlast a call and GitHub's read-after-write lag",
    )
    body_days: int = Field(
        30, ge=1, description="Days that a delivery's body is kept; its GUID is kept for good"
    )
    import_complete: Literal["none", "undecided", "all"] = Field(
        "undecided",
        description="Which imported items are read from GitHub later, six a minute and while "
        "enough of the limit is left: none, undecided or all",
    )
    worker_concurrency: int = Field(16, ge=1, description="Items that one worker handles at a time")

    @field_validator("webhook_secret")
    @classmethod
    def _strong(cls, value: SecretStr | None) -> SecretStr | None:
        for secret in _split(value):
            if len(secret) < SECRET_LEAST:
                raise ValueError(
                    f"a webhook secret has to be {SECRET_LEAST} characters or longer, one has "
                    f"{len(secret)}; make one with: openssl rand -hex 32"
                )
        return value

    @model_validator(mode="after")
    def _lease_outlasts_a_call(self) -> Self:
        if self.lease < 3 * self.client_timeout:
            raise ValueError(
                f"{PREFIX}LEASE ({self.lease:g} s) has to be at least three times "
                f"{PREFIX}CLIENT_TIMEOUT ({self.client_timeout:g} s)"
            )
        return self

    @property
    def write_window(self) -> float:
        """Seconds after which a write may still leave: the rest of the lease is for what follows.

        What follows is the call itself, and as long again for GitHub's read-after-write lag.
        """
        return (self.lease - self.client_timeout) / 2

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """Give the secrets that are accepted, the newest first."""
        return _split(self.webhook_secret)


def _split(value: SecretStr | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(part.strip() for part in value.get_secret_value().split(",") if part.strip())


def read_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings; command-line options (`overrides`, None ignored) win.

    Raises SettingsError with one sentence per bad setting.
    """
    given = {name: value for name, value in (overrides or {}).items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        raise SettingsError(
            tuple(
                _plain(problem["msg"], *(str(part) for part in problem["loc"][:1]))
                for problem in problems
            )
        ) from None


def _plain(message: str, field: str = "") -> str:
    told = message.removeprefix("Value error, ")
    return f"{PREFIX}{field.upper()}: {told}" if field else told
