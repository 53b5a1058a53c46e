"""Secrets taken out of text by their value, and by the look of GitHub's tokens."""

import re
from collections import OrderedDict

_LOOKS_SECRET = re.compile(
    r"\bgh[a-z]_[A-Za-z0-9_.\-]{10,}|\bgithub_pat_\w{10,}|\beyJ[\w\-]+\.[\w\-]+\.[\w\-]+"
)
_SHORTEST = 6
_MOST = 4096
_STANDS_FOR_A_SECRET = "[secret]"  # noqa: S105 - this is what is shown in a secret's place


class Redactor:
    """Knows the secrets in use and cleans text of them."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, None] = OrderedDict()

    def add(self, secret: str) -> None:
        """Take this value out of every text from now on; very short ones would hit plain words."""
        if len(secret) < _SHORTEST:
            return
        self._known[secret] = None
        self._known.move_to_end(secret)
        if len(self._known) > _MOST:
            self._known.popitem(last=False)

    def clean(self, text: str) -> str:
        """Give the text without any known secret."""
        for secret in self._known:
            text = text.replace(secret, _STANDS_FOR_A_SECRET)
        return _LOOKS_SECRET.sub(_STANDS_FOR_A_SECRET, text)
