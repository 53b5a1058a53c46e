"""good-citizen classify, detect-work, policy: the policy on files of cases, without a network."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text
from rich.tree import Tree

from app.cli.lines import err, home_from, lines_of, out
from app.cli.live import classified_live
from app.policy.cases import OUT_OF_SCOPE, Classified, as_json, classify_case, read_case
from app.policy.home import Home
from app.policy.reasoning import Branch, reasoning
from app.policy.text import policy_text
from app.policy.work import detected

HomeFile = Annotated[
    Path, typer.Option("--home", help="The organisation's good-citizen.yml", metavar="HOME")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line")]


def classify(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|URL…",
            help="Cases (.jsonl or .jsonl.gz), or addresses of public pull requests",
        ),
    ],
    home: HomeFile,
    *,
    as_json_: AsJson = False,
) -> None:
    """Say of each case whether it is tactical, strategic or personal, and why.

    Prints the reasoning as a tree, or with --json one object per line: id, kind (null: out of
    scope), bucket, activity, provisional, because, findings. What a case leaves out is unknown.
    A line that is no case is told by number, and the exit code is 1.

    An address is asked for with the token in GITHUB_TOKEN (GraphQL is never anonymous): one answer
    for each member's act, and what it cost on standard error.

    For example:

        good-citizen classify cases.jsonl.gz --home good-citizen.yml --json

        good-citizen classify https://github.com/jupyterhub/oauthenticator/pull/719 --home HOME
    """
    facts = home_from(home)
    wrong = 0
    for file in files:
        is_address = file.startswith(("https:/", "http:/"))
        for found in classified_live(file, facts) if is_address else _classified(Path(file), facts):
            if isinstance(found, str):
                wrong += 1
                err.print(found, markup=False)
            elif as_json_:
                typer.echo(json.dumps(as_json(found), ensure_ascii=False))
            else:
                out.print(_tree(found, facts))
    if wrong:
        raise typer.Exit(1)


def detect_work_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Changes: .jsonl or .jsonl.gz")],
    *,
    as_json_: AsJson = False,
) -> None:
    """Say of each change what kind of work it is: feature, bugfix, documentation, ci, ….

    A line holds repo, number, title, files, n_files, commit_messages, branch. Prints one object
    per line with --json: repo, number, work, score, because.

    For example:

        good-citizen detect-work changes.jsonl.gz --json
    """
    wrong = 0
    for line in lines_of(file, doing="detecting"):
        try:
            if line.object is None:
                raise ValueError(line.problem)  # noqa: TRY301 - one way to tell of both
            answer = detected(line.object)
        except ValueError as error:
            wrong += 1
            err.print(f"{file}:{line.number}: {error}", markup=False)
            continue
        if as_json_:
            typer.echo(json.dumps(answer, ensure_ascii=False))
        else:
            name = f"{answer['repo']}#{answer['number']}"
            says = f"{name}: {answer['work']} ({answer['score']}), because {answer['because']}"
            out.print(says, markup=False)
    if wrong:
        raise typer.Exit(1)


def policy(
    home: Annotated[
        Path | None, typer.Option("--home", help="Fill in this home's settings", metavar="HOME")
    ] = None,
) -> None:
    """Print the policy as Markdown: the definitions, the rules below each, the home's settings.

    For example:

        good-citizen policy --home good-citizen.yml
    """
    typer.echo(policy_text(home_from(home) if home else None), nl=False)


def _classified(file: Path, home: Home) -> Iterator[Classified | str]:
    for line in lines_of(file, doing="classifying"):
        try:
            if line.object is None:
                raise ValueError(line.problem)  # noqa: TRY301 - one way to tell of both
            yield classify_case(read_case(line.object), home)
        except ValueError as error:
            yield f"{file}:{line.number}: {error}"


def _tree(found: Classified, home: Home) -> Tree:
    tree = Tree(_plain(found.id), guide_style="dim")
    if found.decision is None:
        tree.add(_plain(OUT_OF_SCOPE))
    else:
        _grow(tree, reasoning(found.decision, home))
    return tree


def _grow(tree: Tree, branch: Branch) -> None:
    below = tree.add(_plain(branch.label))
    for child in branch.children:
        _grow(below, child)


def _plain(text: str) -> Text:
    return Text(text)
