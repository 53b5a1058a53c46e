"""Lines like those of work-dev: a mapping becomes a Change, a verdict becomes a mapping."""

from collections.abc import Mapping

from app.policy.model import ChangedFile
from app.policy.work.detect import Change, detect_work

SEPARATOR = "\n---\n"
"""What stands between the messages where they come as one string."""


def read_change(line: Mapping[str, object]) -> Change:
    """Give the change that a line tells; what is missing or null is unknown.

    Raises ValueError, naming the field, where a field is of a kind that cannot be read. Fields of
    answers are not looked at.
    """
    files = line.get("files")
    return Change(
        title=_text(line, "title"),
        commit_messages=_texts(line, "commit_messages"),
        branch=_text(line, "branch"),
        files=None if files is None else tuple(_file(f) for f in _list("files", files)),
        n_files=_count(line, "n_files"),
        body=_text(line, "body"),
        labels=_texts(line, "labels"),
        author_is_bot=_flag(line, "is_bot_author"),
    )


def detected(line: Mapping[str, object]) -> dict[str, object]:
    """Give a line's answer: repo, number, work, score, because.

    Raises ValueError where read_change does.
    """
    verdict = detect_work(read_change(line))
    return {
        "repo": line.get("repo"),
        "number": line.get("number"),
        "work": str(verdict.work),
        "score": verdict.score,
        "because": verdict.because,
    }


def _text(line: Mapping[str, object], name: str) -> str | None:
    value = line.get(name)
    if value is None or isinstance(value, str):
        return value
    raise ValueError(f"{name} is no text")


def _list(name: str, value: object) -> list[object]:
    if isinstance(value, list | tuple):
        return list(value)
    raise ValueError(f"{name} is no list")


def _texts(line: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = line.get(name)
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(value.split(SEPARATOR))
    texts = _list(name, value)
    if all(isinstance(text, str) for text in texts):
        return tuple(str(text) for text in texts)
    raise ValueError(f"{name} holds something that is no text")


def _count(line: Mapping[str, object], name: str) -> int | None:
    value = line.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError(f"{name} is no whole number")


def _flag(line: Mapping[str, object], name: str) -> bool | None:
    value = line.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise ValueError(f"{name} is neither true nor false")


def _file(value: object) -> ChangedFile:
    path = value.get("path") if isinstance(value, Mapping) else None
    if isinstance(value, Mapping) and isinstance(path, str):
        return ChangedFile(path, _count(value, "additions"), _count(value, "deletions"))
    raise ValueError("a file has no path")
