from datetime import date

import pytest

from app.config.reading import read_tree
from app.config.tree import LARGEST, Mark

EVERYTHING = "a: 1\nb:\n- x: true\n  'y': 2024-01-31\n- [~, \"1\", 0x1f, .5, 2024-13-01]\n"


def told(text: str | bytes) -> list[str]:
    return [str(problem).removeprefix("f:") for problem in read_tree(text, "f").problems]


def test_values_have_the_types_of_yaml_1_2() -> None:
    tree = read_tree(EVERYTHING, "f")
    assert tree.value == {
        "a": 1,
        "b": ({"x": True, "y": date(2024, 1, 31)}, (None, "1", "0x1f", 0.5, "2024-13-01")),
    }
    assert not tree.problems


def test_every_key_and_value_has_its_place() -> None:
    tree = read_tree(EVERYTHING, "f")
    assert tree.keys["b", 0, "y"] == Mark(4, 3)
    assert tree.values["b", 0, "y"] == Mark(4, 8)
    assert tree.values["b", 1, 1] == Mark(5, 7)
    assert tree.at_value(("b", 1, 99, "none")) == Mark(5, 3)
    assert tree.at_key(("b", 0, "none")) == Mark(3, 3)


def test_columns_count_characters() -> None:
    assert read_tree("é🧨: {ü: x}", "f").values["é🧨", "ü"] == Mark(1, 9)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: &x 1", "1:4 a: anchors and aliases (& and *) are not allowed: write the value out"),
        ("a: [*x]", "1:5 a[0]: anchors and aliases (& and *) are not allowed: write the value out"),
        ("*x : 1", "1:1 anchors and aliases (& and *) are not allowed: write the value out"),
        ("a: !!str 1", "1:4 a: tags (!) are not allowed: text with a ! needs quotes"),
        ("a: !x {b: 1}", "1:4 a: tags (!) are not allowed: text with a ! needs quotes"),
        ("a: {<<: {b: 1}}", "1:5 a: merge keys (<<) are not allowed"),
        ("a:\n  b: 1\n  b: 2", "3:3 a.b: the key is there twice, first in line 2"),
        ("? [a]\n: 1", "1:3 expected a key that is text"),
        ("%YAML 1.1\n---\na: 1", "1:1 directives (lines that start with %) are not allowed"),
        ("a: 1\n---\nb: 2", "2:1 expected one document, found a second"),
        ("a: \x00", "1:4 the character U+0000 is not allowed"),
        ('a: "\\0"', "1:4 a: the character U+0000 is not allowed"),
        ("a: b\ufffe", "1:5 the character U+FFFE is not allowed"),
        (b"a: 1\r\nb: caf\xe9", "2:7 expected UTF-8, found the byte 0xe9"),
        ("a: 1".encode("utf-16"), "1:1 expected UTF-8, found the byte 0xff"),
        ("a: \ud800", "1:4 expected UTF-8, found the byte 0xed"),
        (b"#" * (LARGEST + 1), "1:1 expected at most 65,536 bytes, found 65,537"),
        ("é" * LARGEST, "1:1 expected at most 65,536 bytes, found 131,072"),
        ("[" * 11 + "]" * 11, "1:11 [0][0][0][0][0][0][0][0][0][0]: expected at most 10 levels"),
        ("[" + "1," * 4000 + "]", "1:8000 [3999]: expected at most 4,000 keys and values"),
    ],
)
def test_what_yaml_has_beyond_values_is_refused(text: str | bytes, says: str) -> None:
    assert told(text)[:1] == [says]


def test_what_is_no_yaml_is_told_at_its_place() -> None:
    (says,) = told("a: 1\nb: [1\nc: 2")
    assert says.startswith("3:2 not YAML: ")


def test_a_tab_is_explained() -> None:
    (says,) = told("a:\n\tb: 1")
    assert says.startswith("2:1 not YAML: ")
    assert "lines are indented with spaces" in says


def test_ten_levels_are_not_too_many() -> None:
    assert told("[" * 10 + "]" * 10) == []


def test_the_first_of_two_equal_keys_is_kept_and_all_else_is_still_read() -> None:
    tree = read_tree("a: 1\na: {b: [2]}\n? {c: 1}\n: [3]\nd: 4", "f")
    assert tree.value == {"a": 1, "d": 4}
    assert len(tree.problems) == 2
