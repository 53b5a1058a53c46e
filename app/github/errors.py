"""What can go wrong at GitHub, as types that say whether trying again can help.

No error carries a token: GitHub's words are cut to one short line with secrets taken out.
"""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar


class GitHubError(Exception):
    """A call to GitHub that did not succeed.

    `final`: trying again cannot help. `retry_after`: seconds after which it may be tried again,
    None when GitHub named none. `maybe_applied`: a write that GitHub may have carried out although
    no success was seen. `outcome` is the word that calls are counted by.
    """

    final: ClassVar[bool] = False
    outcome: ClassVar[str] = "error"

    def __init__(
        self,
        sentence: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        maybe_applied: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
        self.retry_after = retry_after
        self.maybe_applied = maybe_applied

    def reword(self, change: Callable[[str], str]) -> None:
        """Put the sentence through `change`, which takes secrets out of it."""
        self.sentence = change(self.sentence)
        self.args = (self.sentence,)


class Refused(GitHubError):  # noqa: N818 - it says what GitHub is or did
    """GitHub does not take the request as it is (400, 405, 409 …, a faulty GraphQL query)."""

    final = True
    outcome = "refused"


class NotFound(Refused):
    """404: it is not there, or private and not visible to us."""

    outcome = "not_found"


class Gone(Refused):
    """410: deleted, or the feature is switched off there; 451: taken down."""

    outcome = "gone"


class Forbidden(Refused):
    """403, or 422 when a token is minted: a permission is missing.

    `needs` is what GitHub says would be accepted (X-Accepted-GitHub-Permissions), "" if it doesn't.
    """

    outcome = "forbidden"

    def __init__(self, sentence: str, *, status: int | None = None, needs: str = "") -> None:
        super().__init__(sentence, status=status)
        self.needs = needs


class Locked(Refused):
    """403 on a write: the conversation is locked."""

    outcome = "locked"


class Archived(Locked):
    """403 on a write: the repository is archived and so read-only."""

    outcome = "archived"


class Suspended(Refused):
    """403 when a token is minted: the installation is suspended by its owner."""

    outcome = "suspended"


class Unprocessable(Refused):
    """422: GitHub understood and said no; `codes` such as `already_exists`, `missing`, `custom`."""

    outcome = "unprocessable"

    def __init__(
        self, sentence: str, *, status: int | None = None, codes: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(sentence, status=status)
        self.codes = codes


class Oversized(Refused):
    """The answer is larger than we read."""

    outcome = "oversized"


class EgressRefused(Refused):
    """The address is not one of the configured API's, so nothing was sent there."""

    outcome = "egress_refused"


class Unauthorized(GitHubError):  # noqa: N818 - it says what GitHub is or did
    """401 that also a new token did not heal. Heals when the operator mends key or app id."""

    outcome = "unauthorized"


class Moved(GitHubError):  # noqa: N818 - it says what GitHub is or did
    """A write was redirected into a repository that it was not meant for (a transferred issue).

    Heals: the next gathering finds the item where it is now.
    """

    outcome = "moved"


class NotInstalled(GitHubError):  # noqa: N818 - it says what GitHub is or did
    """404 when a token is minted: GitHub has no such installation, or not any more.

    Heals: whoever asks looks anew through which installation it may read and write.
    """

    outcome = "not_installed"

    def __init__(self, sentence: str, *, installation_id: int) -> None:
        super().__init__(sentence, status=404)
        self.installation_id = installation_id


class Limited(GitHubError):  # noqa: N818 - it says what GitHub is or did
    """A primary or secondary limit, or our own write budget: nothing is sent before `until`."""

    outcome = "limited"

    def __init__(
        self, sentence: str, *, until: datetime, retry_after: float, status: int | None = None
    ) -> None:
        super().__init__(sentence, status=status, retry_after=retry_after)
        self.until = until


class ServerError(GitHubError):
    """5xx, an HTML error page, cut or senseless JSON."""

    outcome = "server_error"


class Unreachable(GitHubError):  # noqa: N818 - it says what GitHub is or did
    """No whole answer: no connection, reset, time-out. `sent` False: the request never left."""

    outcome = "unreachable"

    def __init__(self, sentence: str, *, sent: bool, maybe_applied: bool = False) -> None:
        super().__init__(sentence, maybe_applied=maybe_applied)
        self.sent = sent
