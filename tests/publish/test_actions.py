import pytest

from app.policy.home import Home
from app.policy.model import ItemRef, Visibility
from app.publish import (
    AddLabel,
    CreateComment,
    EditComment,
    InternalPen,
    PublicPen,
    TargetState,
    body_of,
    is_marked,
    marker,
    passes,
)

HOME = Home("example", ("example-org",))
ITEM = ItemRef("example-org/meta", 1)


def target(visibility: Visibility) -> TargetState:
    return TargetState(1, ITEM, visibility)


def test_a_comment_of_ours_is_found_by_its_first_line_and_its_purpose() -> None:
    text = PublicPen(HOME, {}, ITEM).phrase("Hello.")
    body = CreateComment(text, marker(7)).body
    assert body == "<!-- good-citizen 7 item -->\nHello."
    assert is_marked(body, 7)
    assert not is_marked(body, 70)
    assert not is_marked(body, 7, "reply:1")
    assert not is_marked("> " + body, 7)
    assert body_of(body) == "Hello."
    assert EditComment(1, text, marker(7)).body == body


def test_texts_are_compared_without_marker_and_line_ends() -> None:
    assert body_of("<!-- good-citizen 7 item -->\r\na\r\n\r\nb\r\n") == "a\n\nb"
    assert body_of("a\n<!-- good-citizen 7 item -->") == "a\n<!-- good-citizen 7 item -->"
    assert body_of("") == ""


@pytest.mark.parametrize("subject", ["", "a b", "a-->", "a--", "A", "a\nb", "reply:"])
def test_a_marker_can_not_be_broken_out_of(subject: str) -> None:
    with pytest.raises(ValueError, match="not a subject"):
        marker(7, subject)


def test_a_comment_is_never_made_of_a_plain_str() -> None:
    with pytest.raises(TypeError):
        CreateComment("text", marker(7))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        EditComment(1, "text", marker(7))  # type: ignore[arg-type]


def test_internal_text_passes_only_while_the_target_is_private_to_the_home() -> None:
    text = InternalPen(HOME, target(Visibility.PRIVATE)).phrase("Hello.")
    action = CreateComment(text, marker(7))
    assert passes(action, target(Visibility.PRIVATE), HOME)
    assert not passes(action, target(Visibility.PUBLIC), HOME)
    assert not passes(action, target(Visibility.UNKNOWN), HOME)
    elsewhere = TargetState(2, ItemRef("upstream/private", 1), Visibility.PRIVATE)
    assert not passes(action, elsewhere, HOME)


def test_nothing_passes_where_the_visibility_could_not_be_read() -> None:
    action = AddLabel("contribution: tactical", "1d76db", "d")
    assert passes(action, target(Visibility.PUBLIC), HOME)
    assert not passes(action, target(Visibility.UNKNOWN), HOME)
