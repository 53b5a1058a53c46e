"""What stands in two places says the same in both, and the tree keeps to its own limits."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.github.wanted import BOARD, PERMISSIONS, SINGLE_FILES
from app.pump.effects import ITEM_EVENTS
from app.settings import PREFIX, Settings
from app.store.events import SUBSCRIBED, UNASKED, WANTED
from tests.literal_strings import Literals

ROOT = Path(__file__).parent.parent
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
LEVELS = ("read", "write", "admin")


@cache
def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "app").rglob("*.py")):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def strings(node: ast.AST) -> list[str]:
    return [
        n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    ]


def minted() -> dict[str, str]:
    """Give the permissions that the code writes down anywhere, each with its highest level."""
    found: dict[str, str] = {}
    for name, module in modules():
        if name.startswith("app/demo/") or name == "app/github/wanted.py":
            continue
        for node in ast.walk(module):
            pairs = zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ()
            for key, value in pairs:
                if key and isinstance(value, ast.Constant) and value.value in LEVELS:
                    for permission in strings(key):
                        level = max(found.get(permission, "read"), value.value, key=LEVELS.index)
                        found[permission] = level
    return found


def tracked() -> list[Path]:
    """Give the files that are in git, or would be with the next `git add`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True,
    )  # fmt: skip
    names = listed.stdout.decode().split("\0")
    return [path for name in names if name and (path := ROOT / name).is_file()]


def dockerfile() -> list[tuple[str, str]]:
    """Give the Dockerfile's instructions with continued lines joined."""
    joined = re.sub(r"\\\n\s*", "", text_of("Dockerfile"))
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text_of("compose.yaml"))["services"]
    return found


def test_the_permissions_asked_for_are_those_that_tokens_are_minted_for() -> None:
    assert minted() == PERMISSIONS | BOARD


def test_app_yml_asks_for_what_the_code_uses() -> None:
    manifest = yaml.safe_load(text_of("app.yml"))
    assert manifest["default_permissions"] == PERMISSIONS | BOARD
    assert tuple(manifest["single_file_paths"]) == SINGLE_FILES
    assert set(manifest["default_events"]) == SUBSCRIBED
    assert len(manifest["default_events"]) == len(SUBSCRIBED)


def test_every_event_that_is_kept_is_one_that_the_pump_knows() -> None:
    assert ITEM_EVENTS | {"repository"} == SUBSCRIBED
    assert set(strings(ast.parse(text_of("app/pump/effects.py")))) >= WANTED - {
        "installation_target"
    }
    assert not SUBSCRIBED & UNASKED


def test_it_imports_with_an_empty_environment_and_without_what_only_an_upgrade_needs(
    tmp_path: Path,
) -> None:
    everything = (
        "import sys, app.main, app.worker, app.cli.serve, app.demo.run; print(*sys.modules)"
    )
    imported = subprocess.run(
        [sys.executable, "-c", everything],
        env={}, cwd=tmp_path, check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    assert "app.worker" in imported
    assert not {"alembic", "mako"} & set(imported)


def test_the_image_holds_all_that_a_wheel_would_and_needs_no_build() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    copied = [
        source
        for word, rest in dockerfile()
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]
    assert sorted(copied) == sorted([*packages, "requirements.lock"])
    allowed = re.findall(r"^!(.+)$", text_of(".dockerignore"), re.MULTILINE)
    assert sorted(allowed) == sorted(copied)
    (script,) = project["project"]["scripts"].items()
    assert script == ("good-citizen", "app.cli:main")
    runs = " ".join(rest for word, rest in dockerfile() if word == "RUN")
    assert "from app.cli import main\\n\\nmain()" in runs
    assert "--require-hashes" in runs
    assert "--only-binary :all:" in runs


def test_the_image_runs_as_somebody_without_rights() -> None:
    last = [(word, rest) for word, rest in dockerfile()]
    stage = last[max(i for i, (word, _) in enumerate(last) if word == "FROM") :]
    users = [rest for word, rest in stage if word == "USER"]
    assert users
    assert all(user.isdecimal() and int(user) > 0 for user in users)
    assert {"HEALTHCHECK", "ENTRYPOINT"} <= {word for word, _ in stage}


def test_the_image_s_python_is_one_that_is_tested() -> None:
    versions = {rest.split(":")[1].split("-")[0] for word, rest in dockerfile() if word == "FROM"}
    (job,) = yaml.safe_load(text_of(".github/workflows/ci.yml"))["jobs"].values()
    assert versions <= set(job["strategy"]["matrix"]["python"])


@pytest.mark.parametrize("name", ["web", "worker"])
def test_the_services_may_write_nowhere_and_do_nothing_else(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["command"] == ["serve", f"--{name}"]
    assert all(volume.endswith(":ro") for volume in service.get("volumes", ()))
    known = {PREFIX + field.upper() for field in Settings.model_fields}
    assert set(service["environment"]) <= known


def test_the_web_process_is_not_given_the_private_key() -> None:
    assert "key" not in str(services()["web"]).lower()
    assert services()["worker"]["environment"]["GOOD_CITIZEN_PRIVATE_KEY_FILE"]


def test_every_service_has_a_health_check() -> None:
    assert services().keys() == {"web", "worker", "database"}
    assert services()["worker"]["healthcheck"]["test"][1:] == [
        "good-citizen", "doctor", "--only", "worker",
    ]  # fmt: skip
    assert "healthcheck" in services()["database"]
    assert "healthcheck" not in services()["web"]  # the image's own


def test_no_file_names_a_machine_s_directory_or_a_package_index() -> None:
    roots = "work|home|Users|root|opt"
    hosts = "|".join(["pypi" + r"\.org", "python" + "hosted", "--(?:extra-)?index" + "-url"])
    bad = re.compile(rf"(?<![\w./}}-])/(?:{roots})/\w|{hosts}")
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in bad.finditer(text)]
    assert found == []


def test_the_lock_names_no_index_and_a_hash_for_everything() -> None:
    lock = text_of("requirements.lock")
    assert not re.search(r"https?:|file:|index", lock.replace("importlib", ""))
    pinned = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert len(pinned) > len(tomllib.loads(text_of("pyproject.toml"))["project"]["dependencies"])
    assert [entry for entry in pinned if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_no_file_is_longer_than_a_reader_s_patience() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "app").rglob("*.py")
    }
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count what a reader has to follow: not the signature, which lists options, nor docstrings."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{name}:{node.lineno} {node.name}": lines
        for name, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := body_lines(node)) > LONGEST_FUNCTION
    }
    assert long == {}


def test_every_sentence_s_template_was_written_down_in_the_source() -> None:
    """The wall reads templates: one that is put together from a title would carry it through."""
    literals = Literals({n: module for n, module in modules() if not n.startswith("app/demo/")})
    assert list(literals.wrong()) == []
    assert literals.count("Sentence") > 50


@pytest.mark.parametrize(
    ("says", "is_literal"),
    [
        ("'constant'", True),
        ("'a' + 'b' if about else TABLE[about]", True),
        ("chosen", True),
        ("made.says", True),
        ("told", True),
        ("f'{about}'", False),
        ("'a' + about", False),
        ("about", False),
        ("about.title", False),
        ("OTHER[about]", False),
        ("'{}'.format(about)", False),
    ],
)
def test_what_is_no_literal_is_found(says: str, *, is_literal: bool) -> None:
    source = f"""
class Sentence:
    says: LiteralString
TABLE: dict[str, LiteralString] = {{'a': 'b'}}
OTHER: dict[str, str] = {{'a': str(1)}}
def explain(about, made, told: LiteralString):
    chosen, other = 'a', about
    return Sentence({says})
"""
    assert (list(Literals({"": ast.parse(source)}).wrong()) == []) is is_literal
