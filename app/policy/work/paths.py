"""What kind of file a path is: documentation, tests, CI, a lock, a changelog, code.

Told from the path alone, by the names that projects on GitHub share.
"""

import re
from functools import lru_cache

CODE = frozenset({"code", "style", "template", "data", "other"})
"""The kinds that a user of the software runs."""

NAMES = {
    "ci": "CI configuration",
    "precommit": "pre-commit configuration",
    "github": "GitHub configuration",
    "changelog": "the changelog",
    "lock": "lock files",
    "test": "tests",
    "rtd": "Read the Docs configuration",
    "docsbuild": "the build of the documentation",
    "docs": "documentation",
    "version": "the version",
    "build": "packaging or requirements",
    "config": "configuration of tools",
    "example": "examples",
    "image": "images",
    "locale": "translations",
    "style": "style sheets",
    "template": "templates",
    "data": "configuration files",
    "code": "code",
    "other": "other files",
}
"""Each kind as people say it."""

_CI_FOLDERS = (
    ".github/workflows", ".github/actions", ".circleci/", ".azure", "ci/",
    "continuous_integration/", ".ci/", ".buildkite", "scripts/ci", "tools/ci", ".binder/ci",
)  # fmt: skip
_CI_FILES = frozenset({
    ".travis.yml", "azure-pipelines.yml", "appveyor.yml", ".appveyor.yml", "codecov.yml",
    ".codecov.yml", ".codecov.yaml", "tox.ini", "noxfile.py", "jenkinsfile", ".gitlab-ci.yml",
    "dependabot.yml", "dependabot.yaml", ".coveragerc", "renovate.json", ".cirun.yml", ".lgtm.yml",
})  # fmt: skip
_CHANGELOG = re.compile(
    r"(?:changelog|changes|history|news|whats_?new|what-s-new|release[-_]?notes?|release)\b"
    r".*\.(?:md|rst|txt)$"
)
_LOCKS = frozenset({
    "yarn.lock", "package-lock.json", "poetry.lock", "pdm.lock", "uv.lock", "pipfile.lock",
    "pnpm-lock.yaml",
})  # fmt: skip
_TEST_FOLDERS = frozenset({
    "test", "tests", "testing", "__tests__", "ui-tests", "ui_tests", "e2e", "galata",
    "__snapshots__", "testdata", "cypress",
})  # fmt: skip
_TEST_ENDINGS = (
    "_test.py", ".spec.ts", ".spec.tsx", ".spec.js", ".test.ts", ".test.tsx", ".test.js",
    ".test.jsx",
)  # fmt: skip
_DOCS_FOLDERS = frozenset({"doc", "docs", "documentation"})
_DOCS_BUILD = frozenset({
    "conf.py", "makefile", "make.bat", "requirements.txt", "environment.yml",
    "doc-requirements.txt",
})  # fmt: skip
_DOCS_STARTS = (
    "readme", "contributing", "license", "copying", "authors", "code_of_conduct", "security",
)  # fmt: skip
_VERSION_FILES = frozenset({
    "_version.py", "version.py", "version_info.py", ".bumpversion.cfg", "tbump.toml",
    "_sysinfo.py",
})  # fmt: skip
_REQUIREMENTS = re.compile(r".*requirements.*\.(?:txt|in)$")
_BUILD_FILES = frozenset({
    "setup.py", "setup.cfg", "pyproject.toml", "package.json", "pipfile", "dockerfile",
    "meta.yaml", "recipe.yaml", "lerna.json", "hatch.toml",
})  # fmt: skip
_CONFIG_STARTS = (
    ".eslint", ".prettier", ".flake8", ".stylelint", ".git", ".editorconfig", ".npmignore",
    ".docker", ".pylintrc", ".isort", ".mypy",
)  # fmt: skip
_CONFIG_FILES = frozenset({
    "ruff.toml", "manifest.in", "tsconfig.json", "makefile", "mypy.ini", "webpack.config.js",
    ".babelrc", "babel.config.js", "tsconfig.base.json", "gulpfile.js", "bower.json", ".jshintrc",
    ".yarnrc.yml", "pixi.toml",
})  # fmt: skip
_EXAMPLE_FOLDERS = frozenset({"examples", "example", "demo", "tutorials", "binder", ".binder"})
_KIND_OF_ENDING = {
    ending: kind
    for kind, endings in {
        "image": "png jpg jpeg svg gif ico",
        "locale": "po pot",
        "style": "css scss less sass",
        "template": "html j2 tpl jinja tex",
        "data": "yaml yml json toml cfg",
        "code": "py js ts tsx jsx sh go r jl bash pyx c",
    }.items()
    for ending in endings.split()
}
_CARRIES_A_VERSION = frozenset({
    "package.json", "__init__.py", "setup.py", "pyproject.toml", "chart.yaml", "setup.cfg",
    "_version.py", "version.py", "lerna.json", ".bumpversion.cfg", "_sysinfo.py", "namespace.js",
    "package-lock.json",
})  # fmt: skip


@lru_cache(maxsize=4096)
def kind_of(path: str) -> str:
    """Give the kind of a file, one of NAMES, from its path in the repository."""
    lower = path.lower()
    *folders, name = lower.split("/")
    inside = frozenset(folders)
    return (
        _kind_of_ci(lower, name)
        or _kind_of_upkeep(name, inside)
        or _kind_of_docs(name, inside)
        or _kind_of_tooling(name)
        or _kind_of_content(name, inside)
    )


def _kind_of_ci(lower: str, name: str) -> str | None:
    if lower.startswith(_CI_FOLDERS) or name in _CI_FILES:
        return "ci"
    if name.startswith(".pre-commit"):
        return "precommit"
    return "github" if lower.startswith(".github/") else None


def _kind_of_upkeep(name: str, inside: frozenset[str]) -> str | None:
    if _CHANGELOG.match(name) or name in {"changelog", "changes"} or inside & {"changelog", "news"}:
        return "changelog"
    if name in _LOCKS or name.endswith(".lock"):
        return "lock"
    named_test = name.startswith("test_") or name.endswith(_TEST_ENDINGS)
    if inside & _TEST_FOLDERS or named_test:
        return "test"
    return "test" if name in {"conftest.py", "jest.config.js", "pytest.ini"} else None


def _kind_of_docs(name: str, inside: frozenset[str]) -> str | None:
    if name.startswith(".readthedocs") or name == "readthedocs.yml":
        return "rtd"
    if inside & _DOCS_FOLDERS:
        return "docsbuild" if name in _DOCS_BUILD else "docs"
    if name in _VERSION_FILES:
        return "version"
    is_prose = name.endswith((".md", ".rst", ".adoc")) or name in {"md", "rst", "adoc"}
    is_code = _KIND_OF_ENDING.get(name.rsplit(".", 1)[-1]) == "code"
    return "docs" if is_prose or (name.startswith(_DOCS_STARTS) and not is_code) else None


def _kind_of_tooling(name: str) -> str | None:
    environment = name.startswith("environment") and name.endswith((".yml", ".yaml"))
    if _REQUIREMENTS.match(name) or environment or name in _BUILD_FILES or "dockerfile" in name:
        return "build"
    return "config" if name.startswith(_CONFIG_STARTS) or name in _CONFIG_FILES else None


def _kind_of_content(name: str, inside: frozenset[str]) -> str:
    if inside & _EXAMPLE_FOLDERS or name.endswith(".ipynb"):
        return "example"
    ending = name.rsplit(".", 1)[-1] if "." in name else ""
    return _KIND_OF_ENDING.get(ending, "other")


@lru_cache(maxsize=4096)
def carries_a_version(path: str) -> bool:
    """Tell whether a release of a project usually touches this file."""
    name = path.lower().rsplit("/", 1)[-1]
    return name in _CARRIES_A_VERSION or kind_of(path) in {"version", "changelog", "lock"}
