"""Whatever the bytes: a home or problems, within 100 ms of processor time, never anything else."""

import sys
from importlib import resources
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.config import ConfigError, Problem, load_home, resolved, upstream_config
from app.config.problems import MOST

EXAMPLE = resources.files("app.config").joinpath("example.yml").read_text("utf-8")
SMALLEST = "version: 1\nhome: {name: x, organisations: [a]}\n"
LIMIT = 0.1 if sys.gettrace() is None else 0.5
"""Seconds; measuring coverage makes Python several times slower."""
NASTY = (
    "\0", "[", "{", "]", "}", ": ", "- ", "\n", "\t", "\r", "? ", "&a ", "*a", "!!str ", "!x ",
    "<<: ", "---\n", "...\n", "%YAML 1.1\n", "'", '"', "|", "> ", "#", "@", "`", "~", ",", "null",
    "true", "on", ".inf", "0x1f", "9" * 400, "2024-02-30", "é", "🧨", "\u2028", "\ufeff", "\x85",
    "\ud800", '"\\0"', "[" * 30, "- " * 12, "{number:>99999999}", "../../etc/passwd",
)  # fmt: skip

at = st.integers(0, len(EXAMPLE))
piece = st.sampled_from(NASTY) | st.text(max_size=6)
edits = st.lists(
    st.tuples(at, st.sampled_from((0, 0, 1, 2, 20, 500)), piece, st.sampled_from((0, 1, 1, 1, 40))),
    min_size=1,
    max_size=5,
)


def changed(
    changes: list[tuple[int, int, str, int]], where: int, noise: bytes, *, raw: bool
) -> str | bytes:
    """The example with pieces put in or taken out; `raw`: with bytes in it that are no text."""
    text = EXAMPLE
    for start, length, put, times in changes:
        text = text[:start] + put * times + text[start + length :]
    encoded = text.encode(errors="surrogatepass")
    return encoded[:where] + noise + encoded[where + len(noise) :] if raw else text


def problems_of(text: str | bytes) -> tuple[Problem, ...]:
    try:
        assert len(load_home(text).digest) == 64
    except ConfigError as error:
        return error.problems
    return ()


def assert_answered(text: str | bytes) -> None:
    # Thrice at most: a collection of garbage that others left behind may fall into one of them.
    for _ in range(3):
        start = thread_time()
        problems = problems_of(text)
        if (spent := thread_time() - start) < LIMIT:
            break
    assert spent < LIMIT
    assert len(problems) <= MOST + 1
    assert all(p.line > 0 and p.column > 0 and p.says.isprintable() for p in problems)
    "\n".join(map(str, problems)).encode()
    if not problems:
        assert resolved(text)[0].key == "version"


@settings(max_examples=500)
@given(changes=edits, raw=st.booleans(), where=at, noise=st.binary(max_size=3))
def test_a_changed_example_gets_an_answer(
    changes: list[tuple[int, int, str, int]], *, raw: bool, where: int, noise: bytes
) -> None:
    assert_answered(changed(changes, where, noise, raw=raw))


@settings(max_examples=100)
@given(st.binary(max_size=300) | st.text(max_size=300))
def test_any_bytes_get_an_answer(text: str | bytes) -> None:
    assert_answered(text)
    with pytest.raises(ConfigError):
        upstream_config(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=name)
        for name, text in {
            "nested lists": "[" * 100_000,
            "nested mappings": "{" * 60_000,
            "nested lists, as much as may be": "[" * 65_000,
            "nested block lists": "- " * 32_000,
            "nested keys": "? " * 32_000,
            "a list of ones": SMALLEST + "members: [" + "1," * 32_000 + "]",
            "a list of empty lists": SMALLEST + "members: [" + "[]," * 20_000 + "]",
            "as many bad entries as may be": SMALLEST + "members: [" + "1," * 3_900 + "]",
            "equal keys": "{" + "a," * 32_000 + "}",
            "unknown keys": SMALLEST + "".join(f"tracker{n}: 1\n" for n in range(1_900)),
            "unknown buckets": SMALLEST
            + "needs: {labels: {"
            + ",".join(f"n{n}: foo" for n in range(1_900))
            + "}}",
            "aliases": "[" + "*a," * 20_000 + "]",
            "a billion laughs": "a: &a [x, x]\n"
            + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 99)),
            "tags": "[" + "!a a," * 10_000 + "]",
            "one member, many times": SMALLEST + "members: [" + "{login: a}," * 1_300 + "]",
            "one community, many times": SMALLEST + "communities: [" + "{name: a}," * 1_300 + "]",
            "an endless string": '"' + "a" * 65_000,
            "an endless number": f"version: {'9' * 65_000}",
            "an endless name": SMALLEST.replace("x", "'" + " x" * 30_000 + "'"),
            "an endless glob": SMALLEST + f"upstreams: ['{'[a' * 30_000}']",
            "an endless zone": SMALLEST.replace("x", "x, timezone: " + "Europe/" * 9_000),
            "spaces": " " * 65_000,
            "colons": ": " * 32_000,
            "quotes": "'" * 65_000,
        }.items()
    ],
)
def test_what_is_made_to_be_slow_gets_an_answer_in_time(text: str) -> None:
    assert_answered(text)
