import json
from pathlib import Path

from app.policy.model import Work
from app.policy.work.model import weights_from
from tests.training.train_work import main

CHANGES = {
    Work.FEATURE: ("Add an option for {}", "src/{}.py", 40, 2),
    Work.BUGFIX: ("Fix crash of {}", "src/{}.py", 3, 2),
    Work.DOCUMENTATION: ("Explain {}", "docs/{}.md", 20, 1),
    Work.CI: ("ci: test {}", ".github/workflows/{}.yml", 5, 5),
    Work.MAINTENANCE: ("Refactor {}", "src/{}.py", 30, 30),
    Work.RELEASE: ("Release 1.{}.0", "CHANGELOG.md", 9, 0),
}
THINGS = ("login", "proxy")


def lines() -> list[dict[str, object]]:
    return [
        {
            "repo": f"example-org/{repo}",
            "number": number,
            "title": title.format(thing),
            "files": [{"path": path.format(thing), "additions": added, "deletions": deleted}],
            "n_files": 1,
            "commit_messages": title.format(thing),
            "work5": "maintenance" if work is Work.CI else str(work),
            "work6": str(work),
            "any_of": [],
            "ci_heading_repo": True,
        }
        for repo in ("hub", "lab", "grid", "dash", "desk")
        for number, thing in enumerate(THINGS)
        for work, (title, path, added, deleted) in CHANGES.items()
    ]


def test_the_same_lines_of_any_repositories_give_the_same_weights_to_the_byte(
    tmp_path: Path,
) -> None:
    data = tmp_path / "changes.jsonl"
    data.write_text("".join(json.dumps(line) + "\n" for line in lines()), "utf-8")
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    main([str(data), str(first)])
    main([str(data), str(second)])
    assert first.read_bytes() == second.read_bytes()
    learned = weights_from(first.read_text("utf-8"))
    assert learned.of("t0:add")[2] > 0
    about = json.loads(first.read_text("utf-8"))["about"]
    assert about["learned_from"] == "changes.jsonl"
    assert about["rows"] == len(lines())
    assert len(about["repositories"]) == 5
