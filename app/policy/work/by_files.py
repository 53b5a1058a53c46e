"""What the files of a change settle, whatever its words weigh."""

from app.policy.model import Work
from app.policy.work.paths import CODE
from app.policy.work.reading import Reading
from app.policy.work.tokens import stem

ALSO = 0.25
"""The probability from which a second kind of work is told beside the first."""
SOME_CODE = 10
"""The lines of code that a feature adds at least, where documentation comes with it."""

_SOURCE = CODE | {"test"}
_DOCUMENTS = (
    "doc docs apidocs numpydoc docstring docstrings document documentation readme typo typos"
    " clarify clarified example description wording reword grammar spelling note mention explain"
    " guide comment spec schema"
)
_OF_DOCUMENTS = frozenset(map(stem, _DOCUMENTS.split()))
"""Stems of the words by which people call a change of source files documentation."""


def feature_decides(reading: Reading, work: Work, feature: float) -> bool:
    """Tell whether documentation that comes with a feature is that feature.

    `work` and `feature` are what the model says, and how likely a feature is to it. The title has
    to add something, and the files some code.
    """
    adds = work is Work.DOCUMENTATION and "add" in reading.leading and feature >= ALSO
    return adds and reading.files.code_lines()[0] >= SOME_CODE


def is_ci_by_its_files(reading: Reading, work: Work) -> bool:
    """Tell whether a change of CI files alone is CI, when the model says `work`.

    Whatever its title fixes, adds or explains, it does so to CI: of the 258 such changes of the
    training data, people put 249 under CI or maintenance. What only keeps CI up to date may be
    maintenance.
    """
    mends = "fix" in reading.groups
    return reading.files.only == "ci" and (mends or work is not Work.MAINTENANCE)


def documents_nothing(reading: Reading) -> bool:
    """Tell whether a change of source files alone does not even speak of documentation.

    One that does may be a docstring. A word such as "link" is no sign of it: people make links
    work, too.
    """
    files = reading.files
    if files.cut or not files.listed or not _SOURCE.issuperset(files.number):
        return False
    return _OF_DOCUMENTS.isdisjoint(reading.stems)
