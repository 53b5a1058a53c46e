import ast
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.policy.answers import Evidence, Internal, Name, Own, Part, Ref, Sentence
from app.policy.home import Community, Home, Tracker
from app.policy.model import Bucket, ItemRef, Kind, Strength, SubjectType, Visibility, Where
from app.publish import InternalPen, InternalText, PublicPen, PublicText, TargetState, public

UPSTREAM = ItemRef("jupyterhub/oauthenticator", 719, SubjectType.PULL_REQUEST)
NEED = ItemRef("2i2c-org/infrastructure", 1, SubjectType.ISSUE)
PRIVATE = ItemRef("2i2c-org/meta", 2, SubjectType.ISSUE)
HOME = Home(
    "2i2c",
    ("2i2c-org",),
    trackers=(Tracker("2i2c-org/infrastructure", public=True), Tracker("2i2c-org/meta")),
    communities=(
        Community("CryoCloud", ("cryo",), public=True),
        Community("EarthScope", public=False),
    ),
)
NOT_READ = ItemRef("2i2c-org/team-compass", 4, SubjectType.ISSUE)
SEEN = {
    NEED.key: Visibility.PUBLIC,
    PRIVATE.key: Visibility.PRIVATE,
    NOT_READ.key: Visibility.UNKNOWN,
}
MEMO = TargetState(1, PRIVATE, Visibility.PRIVATE, installed=True)
Sources: TypeAlias = list[ast.Module]


def said(part: Part) -> str:
    return str(public(Sentence("for {it}!", {"it": part}), SEEN, HOME, UPSTREAM))


def told(part: Part) -> str:
    return str(InternalPen(HOME, MEMO).says(Sentence("for {it}!", {"it": part}), UPSTREAM))


def test_a_plain_str_is_refused_by_mypy_and_at_run_time() -> None:
    with pytest.raises(TypeError):
        PublicText("x")  # type: ignore[arg-type, call-arg]
    with pytest.raises(TypeError, match="never from a str"):
        PublicText("x", "x")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="never from a str"):
        InternalText("x", "x")  # type: ignore[arg-type]
    pen = PublicPen(HOME, {}, UPSTREAM)
    with pytest.raises(TypeError):
        pen.phrase("{x}", x="a str")  # type: ignore[arg-type]


def test_there_is_no_way_from_internal_to_public_text() -> None:
    secret = InternalPen(HOME, MEMO).phrase("secret")
    pen = PublicPen(HOME, {}, UPSTREAM)
    with pytest.raises(TypeError):
        pen.phrase("{x}", x=secret)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        pen.join(" ", [secret])  # type: ignore[list-item]
    assert secret != pen.phrase("secret")
    with pytest.raises(AttributeError):
        secret.markdown = "x"


@pytest.mark.parametrize(
    "target",
    [
        TargetState(1, NEED, Visibility.PUBLIC),
        TargetState(1, PRIVATE, Visibility.UNKNOWN),
        TargetState(1, UPSTREAM, Visibility.PRIVATE),
    ],
)
def test_the_internal_pen_refuses_what_outsiders_may_read(target: TargetState) -> None:
    assert InternalPen.for_target(HOME, target) is None
    with pytest.raises(ValueError, match="not private"):
        InternalPen(HOME, target)


def test_an_item_is_shown_outside_only_if_read_as_public_in_this_run() -> None:
    link = "[2i2c-org/infrastructure#&#8203;1](https://redirect.github.com/2i2c-org/infrastructure/issues/1)"
    assert said(Ref(NEED)) == f"for {link}\\!"
    assert said(Ref(PRIVATE)) == "for an item of the organisation's tracker\\!"
    assert said(Ref(NOT_READ)) == "for an item of the organisation's tracker\\!"
    assert said(Ref(ItemRef("2i2c-org/leads", 3), "a plan")) == "for a plan\\!"
    assert said(Ref(NEED, visibility=Visibility.PRIVATE)) == (
        "for an item of the organisation's tracker\\!"
    )
    claimed = Ref(ItemRef("2i2c-org/leads", 3), visibility=Visibility.PUBLIC)
    assert said(claimed) == "for an item of the organisation's tracker\\!"
    assert "meta#&#8203;2" in told(Ref(PRIVATE))


def test_a_name_is_shown_outside_only_if_the_home_marks_it_public() -> None:
    assert said(Name("CryoCloud")) == "for CryoCloud\\!"
    assert said(Name("CRYO")) == "for CRYO\\!"
    assert said(Name("EarthScope", public=True)) == (
        "for a community that the organisation serves\\!"
    )
    assert told(Name("EarthScope")) == "for EarthScope\\!"


def test_what_is_internal_is_never_shown_outside() -> None:
    assert said(Internal("ticket 4711")) == "for an internal source\\!"
    assert told(Internal("ticket 4711")) == "for ticket 4711\\!"


def test_own_fields_are_shown_for_that_item_and_for_items_read_as_public() -> None:
    assert said(Own("a title")) == "for a title\\!"
    sentence = Sentence("{it}", {"it": Own("a title")})
    pen = PublicPen(HOME, SEEN, UPSTREAM)
    assert str(pen.says(sentence, NEED)) == "a title"
    assert str(pen.says(sentence, PRIVATE)) == "something that is not shown here"
    assert str(pen.own("x", PRIVATE)) == "something that is not shown here"


def test_private_evidence_is_linked_for_the_home_alone() -> None:
    ticket = Evidence(
        Where.BODY, Strength.LINKED, url="https://example.freshdesk.com/a/tickets/1", private=True
    )
    need = Evidence(Where.BODY, Strength.LINKED, ref=NEED)
    pen, inner = PublicPen(HOME, SEEN, UPSTREAM), InternalPen(HOME, MEMO)
    assert pen.source(ticket) is None
    assert "(https://example.freshdesk.com/a/tickets/1)" in str(inner.source(ticket))
    assert pen.source(need) == pen.item(NEED)
    odd = Evidence(Where.BODY, Strength.LINKED, url="https://github.com/o/r/issues/1)")
    assert "](" not in str(inner.source(odd))


def test_links_leave_no_back_reference_anywhere() -> None:
    pen = InternalPen(HOME, MEMO)
    release = ItemRef("jupyterhub/jupyterhub", tag="5.0)](x) @a\ud800")
    assert str(pen.item(UPSTREAM)).endswith(
        "(https://redirect.github.com/jupyterhub/oauthenticator/pull/719)"
    )
    assert "/releases/tag/5.0%29%5D%28x%29%20%40a%3F)" in str(pen.item(release))
    assert str(pen.item(ItemRef("o/r", 1, host="ghe.example.org"))) == "o/r#&#8203;1"
    assert str(pen.item(ItemRef("o/r)(x", 1))) == "o/r)(x#&#8203;1"


def test_a_command_is_shown_as_inline_code_and_names_only_what_may_be_shown() -> None:
    pen = PublicPen(HOME, SEEN, NEED)
    assert str(pen.command("mute", None)) == "`/citizen mute`"
    assert str(pen.command("tactical", NEED, "BUCKET")) == (
        "`/citizen tactical 2i2c-org/infrastructure#1 BUCKET`"
    )
    assert str(pen.command("tactical", PRIVATE)) == "`/citizen tactical`"


def test_the_home_s_words_are_shown_beside_the_policy_s() -> None:
    home = Home("2i2c", (), kind_names={Kind.TACTICAL: "Directed"})
    pen = PublicPen(home, {}, UPSTREAM)
    assert str(pen.kind(Kind.TACTICAL)) == "Directed (tactical)"
    assert str(pen.kind(Kind.STRATEGIC)) == "strategic"
    assert str(pen.bucket(Bucket.PRODUCT_DEV)) == "product-dev"
    assert pen.activity("not on the list") is None
    assert str(pen.rule("serves_a_community_need")) == "serves a community need"
    assert str(pen.rule("no rule of ours")) == "a rule"


def test_a_sentence_that_would_be_too_long_is_cut() -> None:
    parts: dict[str, Part] = {f"p{n}": Own("@" * 300) for n in range(50)}
    sentence = Sentence("".join(f"{{{name}}}" for name in parts), parts)
    assert len(public(sentence, {}, HOME, UPSTREAM)) < 3_000


CANARY = st.text("ghijklmnopqrstuvwxyz", min_size=12, max_size=20).map(lambda t: f"canary{t}")
HIDDEN_PARTS = st.one_of(
    CANARY.map(Internal),
    st.builds(Name, CANARY, st.booleans()),
    st.builds(
        Ref,
        CANARY.map(lambda c: ItemRef(f"2i2c-org/{c}", 1)),
        visibility=st.sampled_from(Visibility),
    ),
)
HIDDEN_SENTENCES = st.lists(HIDDEN_PARTS, min_size=4, max_size=5).map(
    lambda parts: Sentence(
        "why " + " and ".join(f"{{p{n}}}" for n in range(len(parts))),
        {f"p{n}": part for n, part in enumerate(parts)},
    )
)


# Four and more in each of 250 sentences.
@settings(max_examples=250)
@given(HIDDEN_SENTENCES, st.sampled_from([UPSTREAM, NEED, PRIVATE]))
def test_no_canary_of_1000_gets_over_the_wall(sentence: Sentence, about: ItemRef) -> None:
    outside = str(PublicPen(HOME, SEEN, NEED).says(sentence, about))
    assert "canary" not in outside
    assert "canary" in str(InternalPen(HOME, MEMO).says(sentence, about))


@settings(max_examples=100)
@given(CANARY)
def test_no_field_of_an_item_that_was_not_read_as_public_gets_over_the_wall(canary: str) -> None:
    pen = PublicPen(HOME, SEEN, NEED)
    hidden = ItemRef(f"someone/{canary}", 5)
    sentence = Sentence("{a} {b}", {"a": Own(canary), "b": Ref(hidden)})
    shown = [pen.says(sentence, hidden), pen.own(canary, hidden), pen.item(hidden)]
    assert "canary" not in str(pen.join(" ", shown)) + str(pen.command("why", hidden))
    assert pen.community(canary) is None


def sources(root: str) -> Sources:
    app = Path(__file__).parents[2] / "app"
    return [ast.parse(p.read_text()) for p in (app / root).rglob("*.py")]


def is_constant(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def tables_of_constants(modules: Sources) -> set[str]:
    return {
        node.target.id
        for module in modules
        for node in module.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and isinstance(node.value, ast.Dict)
        and all(is_constant(value) for value in node.value.values)
    }


def functions_of_constants(modules: Sources) -> set[str]:
    return {
        node.name
        for module in modules
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef)
        and all(is_constant(r.value) for r in ast.walk(node) if isinstance(r, ast.Return))
    }


def test_every_template_in_the_source_is_a_constant() -> None:
    tables = tables_of_constants(sources("publish"))
    functions = functions_of_constants(sources("publish"))
    n_templates = 0
    for call in (n for m in sources(".") for n in ast.walk(m) if isinstance(n, ast.Call)):
        if not (isinstance(call.func, ast.Attribute) and call.func.attr == "phrase"):
            continue
        template = call.args[0]
        n_templates += 1
        if isinstance(template, ast.Subscript) and isinstance(template.value, ast.Name):
            assert template.value.id in tables, ast.unparse(call)
        elif isinstance(template, ast.Call) and isinstance(template.func, ast.Name):
            assert template.func.id in functions, ast.unparse(call)
        else:
            assert is_constant(template), ast.unparse(call)
    assert n_templates > 20
