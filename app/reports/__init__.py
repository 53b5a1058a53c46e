"""What was recorded, as reports: questions, counting rules, and the forms that answers take. Pure.

`model` has the values, `counting` the rules of counting.md, `standing` what a subject counts as;
`columns`, `sheet` (CSV), `markdown`, `document` (JSON) and `dataset` (SQLite) are the forms.
"""

from app.reports.counting import COUNTING, tally
from app.reports.model import Count, Decided, Group, Head, Question, Row, Seen, Totals
from app.reports.standing import Author, Standing, State, replaces, standing

__all__ = [
    "COUNTING",
    "Author",
    "Count",
    "Decided",
    "Group",
    "Head",
    "Question",
    "Row",
    "Seen",
    "Standing",
    "State",
    "Totals",
    "replaces",
    "standing",
    "tally",
]
