"""Where the home's file stands on GitHub, as an operator writes it: owner[/name[:path]]."""

import re
from dataclasses import dataclass
from typing import Final

HOME_PATH: Final = "good-citizen.yml"
UPSTREAM_PATH: Final = ".github/good-citizen.yml"
DEFAULT_NAMES: Final = (".github-private", ".github")
"""Where the file is looked for if only the owner is said: roster and communities may not be for
everybody, so the private one comes first."""

WRITTEN: Final = re.compile(
    r"(?P<owner>[A-Za-z0-9][A-Za-z0-9-]{0,38})"
    r"(?:/(?P<name>(?!\.{1,2}(?::|$))[A-Za-z0-9._-]{1,100})"
    r"(?::(?P<path>(?!/|(?:.*/)?\.{1,2}(?:/|$))[A-Za-z0-9._/-]{1,200}))?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class HomePlace:
    """The file `path` of a repository; `name` None: the first of DEFAULT_NAMES that is there."""

    owner: str
    name: str | None = None
    path: str = HOME_PATH

    @classmethod
    def of(cls, written: str) -> "HomePlace":
        """Read a setting; ValueError with a sentence for what is no such place."""
        found = WRITTEN.fullmatch(written.strip())
        if found is None:
            raise ValueError(f"expected owner, owner/name or owner/name:path, found {written!r}")
        return cls(found["owner"], found["name"], found["path"] or HOME_PATH)

    def __str__(self) -> str:
        """Give it as it is written in a setting."""
        if self.name is None:
            return self.owner
        return f"{self.owner}/{self.name}" + (f":{self.path}" if self.path != HOME_PATH else "")

    @property
    def repositories(self) -> tuple[str, ...]:
        """Give the repositories ("owner/name") that it can be in, the first choice first."""
        names = DEFAULT_NAMES if self.name is None else (self.name,)
        return tuple(f"{self.owner}/{name}" for name in names)

    def may_be_in(self, repo: str) -> bool:
        """Say whether `repo` ("owner/name", any case) can be the one that holds the file."""
        return repo.casefold() in {one.casefold() for one in self.repositories}
