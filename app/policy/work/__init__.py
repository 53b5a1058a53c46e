"""What kind of work a change is: a pure function from what is known of it to one of six kinds."""

from app.policy.work.detect import LABEL_IS_RIGHT, Change, WorkVerdict, detect_work, reading_of
from app.policy.work.lines import detected, read_change
from app.policy.work.model import weights

__all__ = [
    "LABEL_IS_RIGHT",
    "Change",
    "WorkVerdict",
    "detect_work",
    "detected",
    "read_change",
    "reading_of",
    "weights",
]
