"""good-citizen evaluate: how right the policy and the work detection are where people answered."""

from pathlib import Path
from typing import Annotated

import typer
from rich.columns import Columns
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from app.cli.lines import Line, err, fail, home_from, lines_of, out
from app.policy import told
from app.policy.cases import OUT_OF_SCOPE, Case, read_case
from app.policy.evaluation import Evaluation, Judged, body_only, evaluated
from app.policy.home import Home
from app.policy.model import Kind
from app.policy.reasoning import Branch, reasoning
from app.policy.scores import Scores, score, score_five_way, score_six_way
from app.policy.work import detected, weights

_WORK = "human_category"
_SHOWN = 50
"""The most differing changes that are listed one by one."""
_NAMES = (
    "kind right",
    "bucket right, where there is one",
    "activity right, where there is one",
    "kind right, of the firm answers",
    "out of scope but answered",
    "macro-F1 of kinds",
)


def evaluate(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Cases or changes with their answers")
    ],
    home: Annotated[
        Path | None,
        typer.Option("--home", metavar="HOME", help="The organisation's good-citizen.yml"),
    ] = None,
) -> None:
    """Tell how many answers are right, for which kinds, and where they differ.

    For cases (with HOME): kinds, buckets, activities, how right the firm answers are, the same
    with the description as the only evidence, and each case that differs with its reasoning.
    For changes as detect-work reads them: five-way, six-way where CI has a heading, confusion.

    For example:

        good-citizen evaluate cases.jsonl --home good-citizen.yml

        good-citizen evaluate changes.jsonl.gz
    """
    lines = list(lines_of(file, doing="reading"))
    if any(line.object and _WORK in line.object for line in lines):
        wrong = _evaluate_work(file, lines)
    elif home is None:
        fail("cases are judged for a home: give its file with --home")
    else:
        wrong = _evaluate_cases(file, lines, home_from(home))
    if wrong:
        raise typer.Exit(1)


def _evaluate_cases(file: Path, lines: list[Line], home: Home) -> int:
    cases: list[Case] = []
    wrong = 0
    for line in lines:
        try:
            if line.object is None:
                raise ValueError(line.problem)  # noqa: TRY301 - one way to tell of both
            cases.append(read_case(line.object))
        except ValueError as error:
            wrong += 1
            err.print(f"{file}:{line.number}: {error}", markup=False)
    with_all, with_body = evaluated(cases, home), evaluated(map(body_only, cases), home)
    out.print(_figures(with_all, with_body))
    out.print(_confusion(score(with_all.pairs, [*Kind, "out of scope"])))
    for one in with_all.differing:
        _show(one, home)
    return wrong


def _figures(with_all: Evaluation, with_body: Evaluation) -> Table:
    table = Table("", "all evidence", "description only", title=f"{with_all.kinds.of} cases")
    for name, full, body in zip(_NAMES, _row(with_all), _row(with_body), strict=True):
        table.add_row(name, full, body)
    return table


def _row(found: Evaluation) -> tuple[str, ...]:
    return (
        str(found.kinds),
        str(found.buckets),
        str(found.activities),
        str(found.firm),
        str(len(found.out_of_scope_answered)),
        f"{score(found.pairs).macro_f1:.3f}",
    )


def _confusion(found: Scores) -> Table:
    title = f"accuracy {found.accuracy:.3f}, macro-F1 {found.macro_f1:.3f}"
    table = Table("expected \\ found", title=title)
    for one in found.classes:
        table.add_column(one.name, justify="right")
    for name in ("F1", "precision", "recall"):
        table.add_column(name, justify="right", style="dim")
    for one in found.classes:
        counts = map(str, found.row(one.name))
        table.add_row(one.name, *counts, *(f"{x:.2f}" for x in (one.f1, one.precision, one.recall)))
    return table


def _show(one: Judged, home: Home) -> None:
    """Print a case that differs: what people expected beside what was found, and why."""
    expected = one.expected
    acceptable = (expected.kind, *expected.kinds_also)
    kinds = " or ".join(kind.value if kind else OUT_OF_SCOPE for kind in acceptable)
    wanted = Tree(Text(f"expected: {kinds}"))
    if expected.bucket or expected.activity:
        wanted.add(Text(str(expected.bucket or expected.activity)))
    wanted.add(Text(expected.why or "no reason is given"))
    got = Tree(Text("found"))
    if one.got.decision is None:
        got.add(Text(OUT_OF_SCOPE))
    else:
        _grow(got, reasoning(one.got.decision, home))
    out.print(Text(f"\n{one.case.id}", style="bold"))
    if out.is_terminal:
        out.print(Columns([wanted, got], expand=True, equal=True))
    else:
        out.print(wanted, got)


def _grow(tree: Tree, branch: Branch) -> None:
    below = tree.add(Text(branch.label))
    for child in branch.children:
        _grow(below, child)


def _evaluate_work(file: Path, lines: list[Line]) -> int:
    found: list[tuple[str, str, str, bool]] = []
    differing: list[str] = []
    repos: list[str] = []
    wrong = 0
    for line in lines:
        try:
            if line.object is None:
                raise ValueError(line.problem)  # noqa: TRY301 - one way to tell of both
            answer = detected(line.object)
            five = told.text(line.object, "work5") or ""
            six = told.text(line.object, "work6") or five
            heading = bool(told.flag(line.object, "ci_heading_repo"))
        except ValueError as error:
            wrong += 1
            err.print(f"{file}:{line.number}: {error}", markup=False)
            continue
        if not six:
            continue  # people put it under several headings or none
        repos.append(str(answer["repo"]))
        got = str(answer["work"])
        found.append((five or six, six, got, heading))
        if got not in (five, six):
            name = f"{answer['repo']}#{answer['number']}"
            differing.append(f"{name}: {six}, found {got}, because {answer['because']}")
    _tell_what_was_learned(repos)
    out.print(Text("Five-way: CI counts as maintenance", style="bold"))
    out.print(_confusion(score_five_way((five, got) for five, _, got, _ in found)))
    out.print(Text("Six-way: where people use a CI heading", style="bold"))
    out.print(_confusion(score_six_way((six, got, heading) for _, six, got, heading in found)))
    for one in differing[:_SHOWN]:
        out.print(one, markup=False)
    if len(differing) > _SHOWN:
        out.print(f"… and {len(differing) - _SHOWN} more that differ", markup=False)
    return wrong


def _tell_what_was_learned(repos: list[str]) -> None:
    """Say it where changes are judged that the weights were learned from: that looks too good."""
    known = sum(repo in weights().learned_from for repo in repos)
    if known:
        out.print(
            f"{known} of these {len(repos)} changes are of repositories that the weights were"
            " learned from: of others fewer answers are right",
            markup=False,
        )
