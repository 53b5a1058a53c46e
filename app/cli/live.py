"""Classifying a public pull request from its address, asked with a person's own token."""

import asyncio
import os
from collections.abc import Iterator
from datetime import UTC, datetime

import structlog

from app.cli.lines import err, fail
from app.github.client import GitHub, Session
from app.github.errors import GitHubError
from app.github.finding import NotThere
from app.github.follow import gather_items, with_items
from app.github.gather import gather_subject
from app.github.limits import MemoryBudgets
from app.github.target import Us
from app.policy.addresses import read_address
from app.policy.cases import Classified
from app.policy.decision import decide
from app.policy.evidence import to_follow
from app.policy.home import Home
from app.policy.model import Facts, ItemRef
from app.policy.scope import contributions

TOKEN = "GITHUB_TOKEN"  # noqa: S105 - the name of a variable
TIMEOUT = 30.0
NOBODY = Us(0, "")
"""Nobody writes here, so no comment is ours."""


def classified_live(address: str, home: Home) -> Iterator[Classified | str]:
    """Give one answer for each member's act on the item at `address`, or what is wrong with it."""
    ref = read_address(address).item
    if ref is None or ref.number is None:
        yield f"{address} is no address of a pull request or issue"
        return
    token = os.environ.get(TOKEN)
    if not token:
        fail(
            f"{TOKEN} is missing: GitHub answers GraphQL to nobody without a token. Make one "
            "without any scope at https://github.com/settings/personal-access-tokens."
        )
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    try:
        facts, cost = asyncio.run(_read(ref, home, token))
    except GitHubError as error:
        yield f"{address}: {error.sentence}"
        return
    err.print(f"{ref}: {cost}", markup=False)
    found = contributions(facts, home)
    if not found:
        yield Classified(str(ref), None)
    for one in found:
        act = f"{ref}:{one.act.act.value}:{one.act.by.login}"
        yield Classified(act, decide(one, now=facts.fetched_at))


async def _read(ref: ItemRef, home: Home, token: str) -> tuple[Facts, str]:
    api_url = os.environ.get("GITHUB_API_URL") or _api_of(ref.host)
    async with GitHub(api_url=api_url, timeout_seconds=TIMEOUT, budgets=MemoryBudgets()) as github:
        session = github.token(token)
        facts = await _facts(session, ref, home)
    usage = session.usage
    return facts, f"{usage.requests} calls, {usage.points} of GraphQL's points"


async def _facts(session: Session, ref: ItemRef, home: Home) -> Facts:
    gathered = await gather_subject(session, ref, home=home, us=NOBODY, now=datetime.now(UTC))
    if isinstance(gathered, NotThere):
        fail(gathered.says)
    refs = to_follow(gathered.facts, home)
    if not refs:
        return gathered.facts
    followed = await gather_items(session, refs, home=home, us=NOBODY)
    return with_items(gathered.facts, followed)


def _api_of(host: str) -> str:
    return "https://api.github.com" if host == "github.com" else f"https://{host}/api/v3"
