"""The words before a link that say what it means, each under one name.

Which words people use was read off the texts of real pull requests and issues.
"""

import re

BRINGS_IN = "brings in"
NEEDED_UNTIL = "needed until"
PENDING = "pending"
CONTRIBUTED = "contributed upstream in"
CLOSING = frozenset({"closes", "fixes", "resolves"})
"""What GitHub itself reads as closing the issue that follows."""

_THING = r"(?:upstream\s+)?(?:issues?|prs?|pull\s+requests?|tickets?|change|bug|fix|work|version)"
_UPSTREAMED = (
    r"(?:contributed|upstreamed|reported|filed|opened|submitted|proposed|worked\s+on|made)"
    rf"(?:\s+(?:it|this|an?|back|upstream))*(?:\s+{_THING})?(?:\s+(?:in|as|at|to|via|with))?"
    r"|upstream\s+(?:issue|pr|pull\s+request|fix|change)(?:\s+(?:is|in|at))?"
    r"|led\s+to|(?:being\s+)?worked(?:\s+on)?\s+in"
)
_WORDS: tuple[tuple[str, str], ...] = (
    ("closes", r"clos(?:e|es|ed|ing)"),
    ("fixes", r"fix(?:es|ed|ing)?"),
    ("resolves", r"resolv(?:e|es|ed|ing)"),
    ("part of", r"part\s+of"),
    ("follow-up to", r"follow(?:s|ed|ing)?(?:[\s-]*up)?(?:\s+(?:to|of|from|on))?"),
    (BRINGS_IN, r"(?:br(?:ings?|inging|ought)|pull(?:s|ed|ing)?)(?:\s+\w+)?\s+in|picks?\s+up"),
    (NEEDED_UNTIL, r"until|once|as\s+soon\s+as|after|when"),
    (PENDING, r"pending|wait(?:s|ing)?\s+(?:for|on)|block(?:s|ed)\s+(?:by|on)|depends?\s+on|needs"),
    (CONTRIBUTED, _UPSTREAMED),
    ("xref", r"x-?refs?"),
    ("ref", r"ref(?:s|erences?|erencing|erred\s+to\s+in)?\.?"),
    ("see", r"see(?:\s+also)?"),
    ("related to", r"relat(?:es|ed)(?:\s+to)?"),
    ("caused by", r"cause[sd]?\s+(?:by|of)|due\s+to|because\s+of"),
    ("addresses", r"address(?:es|ed|ing)?|implement(?:s|ed|ing)?|(?:works?\s+)?towards?|for"),
    ("asked for in", r"(?:requested|asked(?:\s+for)?|discussed|described|noted)\s+(?:in|by|at)"),
    (
        "tested in",
        r"(?:test(?:ed|ing)?|deploy(?:ed|ment|ing)?|used)(?:\s+\w+)?\s+(?:at|in|with|by|on)",
    ),
    ("based on", r"based\s+on|motivated\s+by|comes?\s+from|from"),
    ("reviews", r"review(?:s|ing)?(?:\s+and\s+merge)?|merge"),
)
_BEFORE = re.compile(
    r"(?<![A-Za-z0-9-])(?:"
    + "|".join(f"(?P<v{at}>{words})" for at, (_, words) in enumerate(_WORDS))
    + r")\s*(?:\b(?:the|this|these|an?|our|to|in|as|is|and)\b\s*)?"
    + rf"(?:\b{_THING}\b)?[\s:(\[*_\u2013\u2014-]*$",
    re.IGNORECASE,
)
_EXAMPLE_BEFORE = re.compile(
    r"(?:\be\.\s?g\.|\bfor\s+(?:example|instance)|\bsuch\s+as|\bsimilar(?:ly)?\s+to|\blike(?:\s+in)?"
    r"|\b(?:the\s+)?same\s+(?:way\s+|thing\s+)?as(?:\s+(?:in|for))?|\banalogous(?:ly)?\s+to"
    r"|\bas\s+(?:(?:we|i)\s+)?(?:do|did|done)\s+(?:in|for|with)|\bcf\.?|\binspired\s+by"
    r"|\b(?:copied|adapted|taken|borrowed)\s+from|\bunrelated\s+to"
    r"|\bnot\s+(?:\w+\s+)?(?:for|related\s+to|part\s+of|needed\s+(?:for|by|in)))"
    r"[\s,:(*_]*(?:see\s+)?[*_]*$",
    re.IGNORECASE,
)
_EXAMPLE_AFTER = re.compile(r"[\s).,\]*_]*(?:for\s+(?:example|instance)|e\.\s?g\.)", re.IGNORECASE)


def verb_before(text: str) -> str | None:
    """Give the verb that `text` ends with, by its one name, or None."""
    found = _BEFORE.search(text[-80:])
    return _WORDS[int((found.lastgroup or "v0")[1:])][0] if found else None


def is_example(before: str, after: str) -> bool:
    """Say whether a link between `before` and `after` is an example, a likeness or a contrast."""
    return bool(_EXAMPLE_BEFORE.search(before) or _EXAMPLE_AFTER.match(after))
