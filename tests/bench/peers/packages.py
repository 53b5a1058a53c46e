"""The peers, installed with exact versions into a folder of their own that git ignores."""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE / "installed"
NODE = {"probot": "14.3.2", "@octokit/webhooks": "14.2.0"}
PYTHON = {"aiohttp": "3.14.5", "gidgethub": "6.0.0"}


def node_peer(name: str) -> list[str]:
    """Install what Node's peers need, if that is missing; give the command that runs one."""
    modules = FOLDER / "node_modules"
    if not all((modules / package).is_dir() for package in NODE):
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / "package.json").write_text('{"private": true, "type": "module"}\n')
        pinned = [f"{package}@{version}" for package, version in NODE.items()]
        quiet = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(["npm", "install", *quiet, *pinned], cwd=FOLDER, check=True)
    # Modules are looked for where the program lies.
    program = FOLDER / f"{name}.mjs"
    shutil.copy(HERE / "node" / program.name, program)
    return ["node", str(program)]


def python_peer(name: str) -> list[str]:
    """Install what Python's peer needs, if that is missing; give the command that runs it."""
    python = FOLDER / "venv" / "bin" / "python"
    if not python.exists():
        FOLDER.mkdir(exist_ok=True)
        subprocess.run(
            ["uv", "venv", "--quiet", "--python", sys.executable, FOLDER / "venv"], check=True
        )
        pinned = [f"{package}=={version}" for package, version in PYTHON.items()]
        subprocess.run(["uv", "pip", "install", "--quiet", "--python", python, *pinned], check=True)
    return [str(python), str(HERE / f"{name}.py")]
