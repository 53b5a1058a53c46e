import json
from importlib import resources

import pytest
from openapi_schema_validator import OAS31Validator

from app.config import config_schema, resolved
from app.config.reading import read_tree

FOLDER = resources.files("app.config")
EXAMPLE = FOLDER.joinpath("example.yml").read_bytes()


def test_the_committed_schema_is_current() -> None:
    committed = FOLDER.joinpath("good-citizen.schema.json").read_text("utf-8")
    assert committed == json.dumps(config_schema(), indent=2, ensure_ascii=False) + "\n", (
        "run: good-citizen config schema > app/config/good-citizen.schema.json"
    )


def test_the_schema_takes_the_example_and_refuses_an_unknown_key() -> None:
    schema = config_schema()
    OAS31Validator.check_schema(schema)
    example = json.loads(json.dumps(read_tree(EXAMPLE, "example.yml").value, default=str))
    assert [error.message for error in OAS31Validator(schema).iter_errors(example)] == []
    assert not OAS31Validator(schema).is_valid(example | {"membres": []})


def test_every_key_is_described() -> None:
    schema = config_schema()
    sections = schema["$defs"]
    assert isinstance(sections, dict)
    bare = [
        f"{name}.{key}"
        for name, section in sections.items()
        for key, value in section.get("properties", {}).items()
        if not (
            value.get("description")
            or section.get("description", "").startswith("How the")
            or sections[value.get("$ref", "/").rpartition("/")[2]].get("description")
        )
    ]
    assert bare == []


def test_every_value_that_holds_is_shown_with_its_line_or_as_default() -> None:
    text = (
        "version: 1\n"
        "home: {name: Example, organisations: [example-org]}\n"
        "needs:\n"
        "  labels:\n"
        "    Contract Deliverable: null\n"
        "members:\n"
        "- {login: yuvipanda, from: 2020-06-18}\n"
    )
    rows = {key: (value, origin) for key, value, origin in resolved(text, "home.yml")}
    assert rows["home.organisations"] == (("example-org",), "home.yml:2")
    assert rows['needs.labels["Contract Deliverable"]'] == (None, "home.yml:5")
    assert str(rows["members[0].from"][0]) == "2020-06-18"
    assert rows["members[0].from"][1] == "home.yml:7"
    assert rows["members[0].agreed"] == (False, "default")
    assert rows["publish.dry_run"] == (True, "default")
    assert rows["publish.labels.tactical.color"] == ("1d76db", "default")
    assert rows["iteration"] == (None, "default")
    assert rows["communities"] == ((), "default")


@pytest.mark.parametrize("key", ["version", "home", "members", "publish", "iteration"])
def test_the_schema_names_the_sections(key: str) -> None:
    properties = config_schema()["properties"]
    assert isinstance(properties, dict)
    assert key in properties
