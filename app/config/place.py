"""Where the home's file stands on GitHub, as an operator writes it: [https://HOST/]owner[/name[:path]].

The address tells which GitHub people see, where that of the API, a gateway's say, doesn't.
"""

import re
from dataclasses import dataclass
from typing import Final

HOME_PATH: Final = "good-citizen.yml"
UPSTREAM_PATH: Final = ".github/good-citizen.yml"
DEFAULT_NAMES: Final = (".github-private", ".github")
"""Where the file is looked for if only the owner is said: roster and communities may not be for
everybody, so the private one comes first."""

WRITTEN: Final = re.compile(
    r"(?:https://(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?)/)?"
    r"(?P<owner>[A-Za-z0-9][A-Za-z0-9-]{0,38})"
    r"(?:/(?P<name>(?!\.{1,2}(?::|$))[A-Za-z0-9._-]{1,100})"
    r"(?::(?P<path>(?!/|(?:.*/)?\.{1,2}(?:/|$))[A-Za-z0-9._/-]{1,200}))?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class HomePlace:
    """The file `path` of a repository; `name` None: the first of DEFAULT_NAMES that is there.

    `host` is the GitHub that people see, None where only the API's address tells it.
    """

    owner: str
    name: str | None = None
    path: str = HOME_PATH
    host: str | None = None

    @classmethod
    def of(cls, written: str) -> "HomePlace":
        """Read a setting; ValueError with a sentence for what is no such place."""
        found = WRITTEN.fullmatch(written.strip())
        if found is None:
            raise ValueError(
                "expected owner, owner/name or owner/name:path, if need be after https://HOST/, "
                f"found {written!r}"
            )
        host = found["host"] and found["host"].lower()
        return cls(found["owner"], found["name"], found["path"] or HOME_PATH, host)

    def __str__(self) -> str:
        """Give it as it is written in a setting."""
        owner = f"https://{self.host}/{self.owner}" if self.host else self.owner
        if self.name is None:
            return owner
        return f"{owner}/{self.name}" + (f":{self.path}" if self.path != HOME_PATH else "")

    @property
    def repositories(self) -> tuple[str, ...]:
        """Give the repositories ("owner/name") that it can be in, the first choice first."""
        names = DEFAULT_NAMES if self.name is None else (self.name,)
        return tuple(f"{self.owner}/{name}" for name in names)

    def may_be_in(self, repo: str) -> bool:
        """Say whether `repo` ("owner/name", any case) can be the one that holds the file."""
        return repo.casefold() in {one.casefold() for one in self.repositories}
