"""What is set up rather than done: repositories, roles, apps and installations, and their changes.

Like people.py this is for stories and tests; installations send their events unasked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from app.demo.github import labels as labelling
from app.demo.github import shapes
from app.demo.github.hooks import Hooks
from app.demo.github.ids import node_id
from app.demo.github.items import record, tell
from app.demo.github.model import Account, App, Installation, Item, Permissions, Repo
from app.demo.github.people import In, On, People, Who
from app.demo.github.state import State

SUBSCRIBED = ("pull_request", "pull_request_review", "issue_comment", "issues", "repository")
GRANTED = {
    "metadata": "read",
    "issues": "write",
    "pull_requests": "write",
    "single_file": "read",
    "members": "read",
    "organization_projects": "read",
}


class Places:
    """Repositories, apps and installations of the demo GitHub."""

    def __init__(self, state: State, people: People, hooks: Hooks) -> None:
        self._state, self._people, self._hooks = state, people, hooks

    def repo(
        self,
        full_name: str,
        *,
        private: bool = False,
        archived: bool = False,
        fork_of: In | None = None,
        labels: Iterable[str] = (),
        files: Mapping[str, str] | None = None,
        roles: Mapping[str, str] | None = None,
        contributors: Iterable[Who] = (),
        description: str | None = None,
        github_id: int | None = None,
        at: datetime | None = None,
        by: Who | None = None,
    ) -> Repo:
        """Create a repository, as `by` or its owner; an owner that isn't there becomes a user."""
        with self._state.lock:
            owner, _, name = full_name.partition("/")
            at = at or self._state.now()
            new_id = github_id or self._state.ids.next("repo")
            repo = Repo(new_id, self._people.user(owner), name, private, at, at, description)
            repo.parent = self._people.repo(fork_of) if fork_of else None
            repo.is_fork = repo.parent is not None
            repo.files = dict(files or {})
            repo.roles = {self._people.user(who).id: role for who, role in (roles or {}).items()}
            repo.contributors = {self._people.user(who).id for who in contributors}
            self._state.repos[repo.id] = repo
            self._state.name_repo(repo)
            for label in labels:
                labelling.create(self._state, repo, label)
            repo.archived = archived
            self._tell_repo(repo, "created", by=self._people.user(by) if by else None)
            return repo

    def rename(self, repo: In, name: str) -> None:
        """Rename a repository; the old name redirects."""
        with self._state.lock:
            found = self._people.repo(repo)
            before, found.name = found.name, name
            self._state.name_repo(found)
            self._tell_repo(
                found, "renamed", {"changes": {"repository": {"name": {"from": before}}}}
            )

    def transfer(self, repo: In, to: Who) -> None:
        """Give a repository to another owner; installations with selected ones keep it not."""
        with self._state.lock:
            found, before = self._people.repo(repo), self._people.repo(repo).owner
            for installation in self._state.installations.values():
                if installation.repos is not None and installation.account is before:
                    installation.repos.discard(found.id)
            found.owner = self._people.user(to)
            self._state.name_repo(found)
            kind = "organization" if before.type == "Organization" else "user"
            owner = {"from": {kind: {"login": before.login, "id": before.id}}}
            self._tell_repo(found, "transferred", {"changes": {"owner": owner}})

    def set_private(self, repo: In, *, private: bool) -> None:
        """Make a repository private or public."""
        with self._state.lock:
            found = self._people.repo(repo)
            found.private = private
            self._tell_repo(found, "privatized" if private else "publicized")

    def set_archived(self, repo: In, *, archived: bool) -> None:
        """Archive a repository, or bring it back."""
        with self._state.lock:
            found = self._people.repo(repo)
            found.archived = archived
            self._tell_repo(found, "archived" if archived else "unarchived")

    def set_locked(self, item: On, by: Who, *, locked: bool) -> None:
        """Lock a conversation, or unlock it."""
        with self._state.lock:
            found = self._people.item(item)
            found.locked = locked
            tell(self._state, found, "locked" if locked else "unlocked", self._people.user(by))

    def transfer_issue(self, item: On, by: Who, to: In) -> Item:
        """Move an issue to another repository; its old place redirects."""
        with self._state.lock:
            found, target = self._people.item(item), self._people.repo(to)
            state, who, left = self._state, self._people.user(by), replace(found)
            del found.repo.items[found.number]
            found.repo.transferred[found.number] = found
            target.last_number += 1
            found.repo, found.number = target, target.last_number
            target.items[found.number] = found
            record(state, found, "transferred", who, state.now())
            new = shapes.issue(state, found)
            changes = {"new_issue": new, "new_repository": shapes.repository(state, target)}
            tell(state, left, "transferred", who, {"changes": changes})
            return found

    def delete_issue(self, item: On, by: Who) -> None:
        """Delete an issue: gone (410) for those who can see the repository."""
        with self._state.lock:
            found = self._people.item(item)
            tell(self._state, found, "deleted", self._people.user(by))
            del found.repo.items[found.number], self._state.items[found.id]
            found.repo.deleted.add(found.number)

    def app(
        self,
        slug: str,
        *,
        public_key: RSAPublicKey,
        webhook_url: str = "http://127.0.0.1:1/webhook",
        secret: str = "",
        owner: Who = "example-org",
        permissions: Permissions | None = None,
        events: Sequence[str] = SUBSCRIBED,
        single_files: Sequence[str] = (".github/good-citizen.yml", "good-citizen.yml"),
        github_id: int | None = None,
    ) -> App:
        """Register a GitHub App with its public key and webhook."""
        with self._state.lock:
            app = App(
                github_id if github_id is not None else self._state.ids.next("app"),
                slug,
                slug.replace("-", " "),
                self._people.user(owner),
                self._people.user(f"{slug}[bot]"),
                public_key,
                webhook_url,
                secret,
                dict(permissions or GRANTED),
                tuple(events),
                tuple(single_files),
                self._state.now(),
            )
            self._state.apps[app.id] = app
            return app

    def install(
        self,
        app: App,
        account: Who,
        *,
        repos: Iterable[In] | None = None,
        permissions: Permissions | None = None,
        github_id: int | None = None,
    ) -> Installation:
        """Install an app on all repositories of an account, or on `repos`."""
        with self._state.lock:
            now = self._state.now()
            chosen = None if repos is None else {self._people.repo(r).id for r in repos}
            new_id = github_id if github_id is not None else self._state.ids.next("installation")
            granted = dict(permissions or app.permissions)
            where = self._people.user(account)
            new = Installation(new_id, app, where, chosen, granted, app.events, now, now)
            self._state.installations[new.id] = new
            reached = [self._brief(r) for r in self._state.repos.values() if new.covers(r)]
            extra = {"repositories": reached, "requester": None}
            self._hooks.announce_installation("installation", "created", new, extra)
            return new

    def add_to_installation(self, installation: Installation, *repos: In) -> None:
        """Let an installation with selected repositories reach more."""
        with self._state.lock:
            if installation.repos is None:
                return
            added = [self._people.repo(repo) for repo in repos]
            installation.repos.update(repo.id for repo in added)
            extra = {
                "repository_selection": "selected",
                "repositories_added": [self._brief(repo) for repo in added],
                "repositories_removed": [],
                "requester": None,
            }
            event = "installation_repositories"
            self._hooks.announce_installation(event, "added", installation, extra)

    def set_suspended(self, installation: Installation, *, suspended: bool) -> None:
        """Suspend an installation, or take it back."""
        with self._state.lock:
            installation.suspended_at = self._state.now() if suspended else None
            action = "suspend" if suspended else "unsuspend"
            self._hooks.announce_installation("installation", action, installation, {})

    def uninstall(self, installation: Installation) -> None:
        """Remove an app from an account; its tokens are worth nothing from then on."""
        with self._state.lock:
            del self._state.installations[installation.id]
            reached = [self._brief(r) for r in self._state.repos.values() if installation.covers(r)]
            extra = {"repositories": reached}
            self._hooks.announce_installation("installation", "deleted", installation, extra)

    def set_member(self, org: Who, who: Who, role: str | None = "member") -> None:
        """Let somebody into an organisation as member or admin, or out of it (None)."""
        with self._state.lock:
            found, account = self._people.user(org), self._people.user(who)
            if role is None:
                found.members.pop(account.id, None)
            else:
                found.members[account.id] = role

    def _tell_repo(
        self,
        repo: Repo,
        action: str,
        extra: dict[str, Any] | None = None,
        *,
        by: Account | None = None,
    ) -> None:
        sender: Account = by or repo.owner
        self._state.sink("repository", action, repo, sender, lambda: extra or {})

    @staticmethod
    def _brief(repo: Repo) -> dict[str, Any]:
        return {
            "id": repo.id,
            "node_id": node_id(repo),
            "name": repo.name,
            "full_name": repo.full_name,
            "private": repo.private,
        }
