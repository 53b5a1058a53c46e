import re

from markdown_it import MarkdownIt

from app.policy.definitions import DEFINITIONS, POLICY, POLICY_VERSION
from app.policy.home import Home
from app.policy.model import Kind
from app.policy.text import policy_text, quoted
from tests.policy.homes import HOME

RULES = [rule for step in POLICY for rule in step.rules]
WORDS = " ".join(re.sub(r"[*>-]+ ", "", DEFINITIONS).split())


def test_every_rule_quotes_a_sentence_of_the_definitions() -> None:
    for rule in RULES:
        assert " ".join(quoted(rule).split()) in WORDS, rule.__name__
        assert quoted(rule), rule.__name__


def test_every_rule_is_asked_once_and_the_last_one_is_open_to_everything() -> None:
    assert len(RULES) == len(set(RULES))
    assert POLICY[-1].kind is Kind.UNDECIDED


def test_the_version_names_the_revision_and_a_digest() -> None:
    assert re.fullmatch(r"\d+-[0-9a-f]{8}", POLICY_VERSION)


def test_the_text_holds_the_definitions_every_rule_and_the_settings() -> None:
    text = policy_text(HOME)
    for rule in RULES:
        assert f"it {rule.__name__.replace('_', ' ')}" in text
    for paragraph in DEFINITIONS.split("\n\n"):
        assert paragraph.splitlines()[-1] in text
    for name in ("example-org/infrastructure", "good-community-citizen", "planned/*", "CryoCloud"):
        assert name in text
    assert POLICY_VERSION in text


def test_the_text_is_markdown_that_keeps_its_numbers_and_stars() -> None:
    tokens = MarkdownIt("commonmark").parse(policy_text(HOME))
    said = [child for token in tokens for child in token.children or ()]
    assert not any(token.type == "ordered_list_open" for token in tokens)
    assert "planned/*" in [one.content for one in said if one.type == "code_inline"]
    steps = re.findall(r"\*\*Step (\d+)\.\*\*", policy_text())
    assert sorted(map(int, steps)) == list(range(1, len(POLICY) + 1))


def test_the_text_shows_kinds_under_the_homes_own_names() -> None:
    home = Home("Example", ("example-org",), kind_names={Kind.TACTICAL: "Directed"})
    assert "here Directed" in policy_text(home)


def test_the_text_without_a_home_names_nothing_of_any_home() -> None:
    assert "Settings" not in policy_text()
    assert "example-org" not in policy_text()
