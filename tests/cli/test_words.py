"""good-citizen words: what people said, and what became of it."""

import asyncio

import pytest
from typer.testing import CliRunner, Result

from app.cli import app
from tests.reconcile.stage import HUB, set_stage

PULL = f"{HUB}#1"


async def talk(url: str) -> None:
    async with set_stage(url) as stage:
        people = stage.demo.people
        people.open_pull_request(HUB, "yuvipanda", "Add scopes", files=("a.py",), number=1)
        await stage.settle()
        for who, line in (
            ("sgibson91", "/strategic because it keeps [red]logins[/red] alive"),
            ("yuvipanda", "/tactical tech-support for EarthScope because they asked"),
            ("manics", "/undo"),
            ("sgibson91", "/value logins that work"),
            ("sgibson91", "/undo"),
            ("yuvipanda", "/personal"),
            ("yuvipanda", "/why"),
        ):
            people.comment(PULL, who, line)
            stage.clock.pass_by(seconds=60)
        people.label(PULL, "GeorgianaElena", "contribution: strategic")
        await stage.settle()


@pytest.fixture
def words(sqlite_url: str) -> "Words":
    asyncio.run(talk(sqlite_url))
    return Words(sqlite_url)


class Words:
    def __init__(self, url: str) -> None:
        self.url = url

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, ["words", *arguments, "--database-url", self.url])

    def rows(self, *arguments: str) -> list[list[str]]:
        """The cells of the rows, without the moment."""
        lines = self(*arguments).stdout.splitlines()
        cells = [[cell.strip() for cell in line.split("│")] for line in lines if "│" in line]
        return [row[1:] for row in cells]


def test_every_word_is_listed_with_who_why_and_what_became_of_it(words: Words) -> None:
    assert words.rows() == [
        ["GeorgianaElena", PULL, "label strategic", "stands"],
        ["yuvipanda", PULL, "/citizen why", "heard"],
        ["sgibson91", PULL, "/citizen undo", "heard"],
        ["sgibson91", PULL, "/citizen value logins that work", "taken back"],
        [
            "manics",
            PULL,
            "/citizen undo",
            "refused: Only the organisation's own people can say this here.",
        ],
        [
            "yuvipanda",
            PULL,
            "/citizen tactical tech-support for EarthScope because they asked",
            "a later word stands",
        ],
        [
            "sgibson91",
            PULL,
            "/citizen strategic because it keeps [red]logins[/red] alive",
            "a later word stands",
        ],
    ]


def test_what_people_said_of_their_own_time_is_a_number_unless_it_is_asked_for(
    words: Words,
) -> None:
    assert "1 about people's own time" in words().stdout
    assert "personal" not in "".join(cell for row in words.rows() for cell in row)
    shown = [row for row in words.rows("--personal") if row[2] == "/citizen personal"]
    assert shown == [["yuvipanda", PULL, "/citizen personal", "a later word stands"]]


def test_one_item_or_the_latest_can_be_asked_for(words: Words) -> None:
    assert words.rows(PULL.upper()) == words.rows(f"https://github.com/{HUB}/pull/1")
    assert len(words.rows(PULL)) == 7
    assert len(words.rows("--most", "2")) == 2
    assert words(f"{HUB}#2").stdout == "Nobody said anything yet.\n"
    assert words("719").exit_code == 2
