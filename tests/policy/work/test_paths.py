import pytest

from app.policy.work.paths import NAMES, carries_a_version, kind_of

KINDS = {
    ".github/workflows/test.yml": "ci",
    ".travis.yml": "ci",
    "continuous_integration/environment-3.9.yaml": "ci",
    ".pre-commit-config.yaml": "precommit",
    ".github/ISSUE_TEMPLATE/bug.md": "github",
    "docs/source/reference/changelog.md": "changelog",
    "CHANGES.rst": "changelog",
    "ui-tests/yarn.lock": "lock",
    "conda/environment-linux-64.lock": "lock",
    "jupyterhub/tests/test_app.py": "test",
    "conftest.py": "test",
    "src/model.spec.ts": "test",
    ".readthedocs.yaml": "rtd",
    "docs/requirements.txt": "docsbuild",
    "doc/setup-binderhub.rst": "docs",
    "README.md": "docs",
    "jupyter_server/_version.py": "version",
    "dev-requirements.txt": "build",
    "images/hub/Dockerfile": "build",
    ".gitignore": "config",
    "examples/service-whoami/launch.py": "example",
    "share/logo.png": "image",
    "notebook/i18n/zh_CN/nbui.po": "locale",
    "style/base.css": "style",
    "jupyterhub/templates/home.html": "template",
    "jupyterhub/values.yaml": "data",
    "jupyterhub/app.py": "code",
    "LICENSES": "docs",
    "SECURITY.txt": "docs",
    "jupyter_server/auth/security.py": "code",
    "helm/Chart.tpl": "template",
    "": "other",
    "/": "other",
}


@pytest.mark.parametrize(("path", "kind"), KINDS.items())
def test_a_path_is_of_the_kind_its_name_tells(path: str, kind: str) -> None:
    assert kind_of(path) == kind
    assert kind_of(path.upper()) == kind
    assert kind in NAMES


def test_releases_touch_the_version_the_changelog_and_the_package() -> None:
    assert all(map(carries_a_version, ["CHANGELOG.md", "package.json", "hub/Chart.yaml"]))
    assert not any(map(carries_a_version, ["hub/app.py", "docs/index.md"]))
