"""Changes of every kind, with much that is missing, cut or odd."""

from hypothesis import strategies as st

from app.policy.model import ChangedFile
from app.policy.work import Change

counts = st.none() | st.integers(-5, 10**9)
paths = st.text(max_size=60) | st.from_regex(
    r"(docs/|tests/|\.github/workflows/|app/)?[a-z_]{1,9}\.(py|md|yml|txt|lock|ipynb)",
    fullmatch=True,
)
files = st.lists(st.builds(ChangedFile, paths, counts, counts), max_size=6).map(tuple)
texts = st.text(max_size=120) | st.sampled_from(
    ["Fix crash", "🐛 FIX: x", "[MRG] ", "Bump a from 1.0 to 1.1", ":", "[", "feat!: y", "2.0.0"]
)
changes = st.builds(
    Change,
    title=st.none() | texts,
    commit_messages=st.lists(texts, max_size=3).map(tuple),
    branch=st.none() | texts,
    files=st.none() | files,
    n_files=counts,
    body=st.none() | texts,
    labels=st.lists(texts | st.sampled_from(["bug", "docs", "ci"]), max_size=3).map(tuple),
    author_is_bot=st.none() | st.booleans(),
)

_WORDS = (
    "bump bumps the version to 1.2.3 2.0.0.dev0 back dev release changelog for what's new notes"
    " prepare publish tag from update requires python 3.13 py310 k8s Revert missing when unless"
    " don't doesn't never no longer without post-release Change logs Add numpy"
)
titles = st.lists(st.sampled_from(_WORDS.split()), max_size=9).map(" ".join)
"""Titles made up of the words that patterns look for."""
