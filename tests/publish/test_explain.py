from dataclasses import replace

from app.policy.answers import (
    Decision,
    Evidence,
    Finding,
    Internal,
    Name,
    No,
    Ref,
    Sentence,
    Unknown,
    Yes,
)
from app.policy.home import Home
from app.policy.model import Bucket, ItemRef, Kind, Strength, Visibility, Where
from app.publish import Branch, PublicPen, explain, reason, tree

ITEM = ItemRef("jupyterhub/oauthenticator", 719)
NEED = ItemRef("2i2c-org/infrastructure", 1)
HOME = Home("2i2c", ("2i2c-org",), kind_names={Kind.TACTICAL: "Directed"})
WHY = Sentence("it serves {who}", {"who": Name("EarthScope")})
DECISION = Decision(
    Kind.TACTICAL,
    WHY,
    (
        Finding("is_by_a_bot", No(Sentence("a person did it"))),
        Finding("was_planned", Unknown(Sentence("{x} was not readable", {"x": Ref(NEED)}))),
        Finding(
            "serves_a_community_need",
            Yes(WHY, (Evidence(Where.BACKLINK, Strength.STATED, NEED, seen_in=NEED),)),
        ),
    ),
    bucket=Bucket.TECH_SUPPORT,
    provisional=True,
    question=Sentence("which {x}?", {"x": Internal("bucket\x1b[31m")}),
    flags=(Sentence("counted once"),),
)


def test_the_reason_is_one_line() -> None:
    assert reason(DECISION) == "it serves EarthScope"
    assert reason(replace(DECISION, because=Sentence("a\n {b}", {"b": Internal("\tc\n")}))) == "a c"


def test_the_tree_tells_everything_in_the_order_of_the_rules() -> None:
    assert tree(DECISION, HOME) == Branch(
        "Directed · tech-support",
        (
            Branch("because it serves EarthScope"),
            Branch("provisional: something could not be read, or it rests on a hint alone"),
            Branch("question: which bucket [31m?"),
            Branch("note: counted once"),
            Branch("no  is_by_a_bot: a person did it"),
            Branch("could not look  was_planned: 2i2c-org/infrastructure#1 was not readable"),
            Branch(
                "yes  serves_a_community_need: it serves EarthScope",
                (
                    Branch(
                        "stated in the backlink: 2i2c-org/infrastructure#1"
                        ", in 2i2c-org/infrastructure#1"
                    ),
                ),
            ),
        ),
    )


def test_a_personal_contribution_is_called_valued() -> None:
    root = tree(replace(DECISION, kind=Kind.PERSONAL, bucket=None), HOME)
    assert root.label == "personal (a valued contribution, on the person's own time)"


def test_the_markdown_tells_what_passes_the_wall() -> None:
    pen = PublicPen(HOME, {NEED.key: Visibility.PUBLIC}, ITEM)
    need = str(pen.item(NEED))
    assert str(explain(DECISION, pen, ITEM)) == (
        "<details><summary>How this was decided</summary>\n\n"
        f"{pen.item(ITEM)}\n\n"
        "- **because** it serves a community that the organisation serves\n"
        "- **no**, is by a bot: a person did it\n"
        f"- **could not look**, was planned: {need} was not readable\n"
        "- **yes**, serves a community need: it serves a community that the organisation serves "
        f"(see {need})\n\n"
        "</details>"
    )


def test_a_personal_decision_is_never_explained_on_github() -> None:
    pen = PublicPen(HOME, {}, ITEM)
    assert explain(replace(DECISION, kind=Kind.PERSONAL), pen, ITEM) is None
