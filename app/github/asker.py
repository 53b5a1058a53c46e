"""Who asks GitHub, and what: the two values that every call is made of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import httpx2

from app.github.auth import Credentials
from app.github.limits import Budgets
from app.github.replies import Page, Reply, read_page


@dataclass(slots=True)
class Usage:
    """What one session has used so far: requests sent, writes among them, GraphQL points."""

    requests: int = 0
    writes: int = 0
    not_modified: int = 0
    points: int = 0


@dataclass(slots=True)
class Asker:
    """Who asks: `name` for books and logs, `key` in `budgets`, and which repositories it's for.

    `turns`: slots for writes that were reserved and not yet used.
    """

    name: str
    key: int
    budgets: Budgets
    credentials: Credentials
    repository_ids: frozenset[int] = frozenset()
    usage: Usage = field(default_factory=Usage)
    turns: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked. `operation` is the template, which names nobody, for counts and logs.

    `write`: it changes something, so it needs a slot and is not sent twice lightly. `follow`:
    redirects are followed. `mint`: it asks for an installation's token. `deadline`: not sent later.
    """

    method: str
    operation: str
    url: httpx2.URL
    body: bytes | None = None
    write: bool = False
    follow: bool = True
    mint: bool = False
    graphql: bool = False
    deadline: datetime | None = None
    read: Callable[[Reply], Page] = read_page
