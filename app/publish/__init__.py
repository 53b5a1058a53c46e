"""What is written where: the wall, the texts, the smallest change. Pure."""

from app.publish.actions import (
    Action,
    AddLabel,
    CreateComment,
    EditComment,
    RemoveLabel,
    body_of,
    is_marked,
    marker,
    passes,
)
from app.publish.explain import MEANING, Branch, explain, reason, tree
from app.publish.inert import inert, one_line
from app.publish.plan import asked, plan
from app.publish.target import (
    Asks,
    OurComment,
    Seen,
    Served,
    Situation,
    State,
    TargetState,
    is_home,
    is_tracker,
    private_to_home,
)
from app.publish.wall import InternalPen, InternalText, Pen, PublicPen, PublicText, public

__all__ = [
    "MEANING",
    "Action",
    "AddLabel",
    "Asks",
    "Branch",
    "CreateComment",
    "EditComment",
    "InternalPen",
    "InternalText",
    "OurComment",
    "Pen",
    "PublicPen",
    "PublicText",
    "RemoveLabel",
    "Seen",
    "Served",
    "Situation",
    "State",
    "TargetState",
    "asked",
    "body_of",
    "explain",
    "inert",
    "is_home",
    "is_marked",
    "is_tracker",
    "marker",
    "one_line",
    "passes",
    "plan",
    "private_to_home",
    "public",
    "reason",
    "tree",
]
