"""What a whole title reads like: a release, a bumped dependency, a revert."""

import re

_VERSION = r"v?\d+(?:\.\d+)+[\w.\-]*"
_READS_LIKE = {
    "a bare version bump": r"^(?:\W*(?:skip ci|release|rls|rel|maint)\W*)*"
    r"(?:bump(?:s|ed|ing)?|set|update[sd]?|up|upgrade)?\s*(?:the )?"
    r"(?:package |chart |project |dev |master |main )*(?:version number|versions?)?"
    rf"\s*(?:to|for|number|:)?\s*{_VERSION}\s*(?:release)?$",
    "a release with its number": rf"\b(?:release|changelog|releasing|rls)\b.*{_VERSION}"
    rf"|{_VERSION}.*\b(?:release|changelog)\b",
    "a version bump": r"\b(?:bump|set|reset|update|increment|prep\w*)\b "
    r"(?:the |chart |dev |package |master )*version",
    "back to development": r"back to dev|next dev|dev(?:elopment)? (?:version|mode|cycle)"
    r"|post[- ]release|\.dev\b|dev0",
    "a changelog": r"^\W*(?:draft |add |update |prepare |prep |write |initial |automated "
    r"|user facing |the )*(?:the )?change ?logs?(?: entry| entries| notes)?(?: for| to|:|$)",
    "release notes": r"release notes?|changelog|what.?s new",
    "preparing a release": r"\b(?:prep(?:are|aration)?|prepping|publish|cut|tag)\b"
    r".*(?:release|v?\d+\.\d+)",
    "from one version to another": r"\bfrom\b.*\bto\b.*\d",
    "a bumped dependency": r"\b(?:bump|update|upgrade|pin|unpin|require)[sd]?\b\s+"
    r"(?!version|to |the version|for )[`@\w/\-]+.*(?:\d|version)",
    "a version at its end": rf"{_VERSION}\W*$",
    "a version": _VERSION,
    "a platform's version": r"python ?3\.|py3\d|node ?\d|k8s|kubernetes 1\.",
    "a revert": r"^\W*revert",
    "what was missing": r"\bmissing\b|\bforgotten\b",
    "a condition": r"\b(?:when|if|unless|even)\b",
    "what should not be": r"\b(?:not|don'?t|doesn'?t|never|no longer|without|avoid|prevent|stop)\b",
}
_NEEDS = {
    "a bare version bump": ".",
    "a release with its number": ".",
    "a version bump": "version",
    "back to development": "dev post",
    "a changelog": "change",
    "release notes": "release changelog new",
    "preparing a release": "prep publish cut tag",
    "from one version to another": "from",
    "a bumped dependency": "bump update upgrade pin require",
    "a version at its end": ".",
    "a version": ".",
    "a platform's version": "python py3 node k8s kubernetes",
    "a revert": "revert",
    "what was missing": "missing forgotten",
    "a condition": "when if unless even",
    "what should not be": "not don doesn never no without avoid prevent stop",
}
TITLE_PATTERNS = {name: re.compile(pattern) for name, pattern in _READS_LIKE.items()}
"""Patterns of titles in lower case, by how they are told: "its title reads like a revert"."""
NEEDS = {name: tuple(needs.split()) for name, needs in _NEEDS.items()}
"""For each pattern, texts of which a title holds one if the pattern is found in it."""
RELEASE_PATTERNS = (
    "a bare version bump",
    "a release with its number",
    "a version bump",
    "a changelog",
    "back to development",
)
_TRIED_FOR = [
    (need, tuple(name for name, needs in NEEDS.items() if need in needs))
    for need in sorted({need for needs in NEEDS.values() for need in needs})
]


def patterns_of(title: str) -> frozenset[str]:
    """Give what a title reads like; most of it is ruled out without a look at the pattern."""
    lower = title.lower()
    tried = {name for need, names in _TRIED_FOR if need in lower for name in names}
    return frozenset([name for name in tried if TITLE_PATTERNS[name].search(lower)])
