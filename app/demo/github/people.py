"""What people do on GitHub, for stories and tests: plain calls, by login and "owner/name#1".

Every call changes the state and queues the webhooks that GitHub would send. It returns the record
that came to be, with its ids on it. `at` sets a moment in the past; without it the clock is read.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeAlias

from app.demo.github import comments, items, labels, pulls
from app.demo.github.model import (
    Account,
    BoardItem,
    Comment,
    Commit,
    File,
    Item,
    Project,
    Pull,
    Release,
    Repo,
    Review,
)
from app.demo.github.references import refer_from_commit
from app.demo.github.state import State, email_of

Who: TypeAlias = Account | str
In: TypeAlias = Repo | str
On: TypeAlias = Item | str
FileLike: TypeAlias = File | str
CommitLike: TypeAlias = str | tuple[str, Who | None] | tuple[str, Who | None, datetime]
"""A commit's message; with who wrote it, if not the author of the pull request; with when."""


class People:
    """The hands of everybody on the demo GitHub."""

    def __init__(self, state: State) -> None:
        self._state = state

    def user(self, who: Who, *, github_id: int | None = None, name: str | None = None) -> Account:
        """Give the account of `who`, made if there is none; a login ending in [bot] is a bot."""
        if isinstance(who, Account):
            return who
        with self._state.lock:
            kind = "Bot" if who.endswith("[bot]") else "User"
            found = self._state.account(who)
            return found or self._state.add_account(who, kind, name=name, github_id=github_id)

    def org(
        self,
        login: str,
        *,
        members: Iterable[str] = (),
        admins: Iterable[str] = (),
        github_id: int | None = None,
    ) -> Account:
        """Found an organisation."""
        with self._state.lock:
            org = self._state.add_account(login, "Organization", github_id=github_id)
            org.members = {self.user(who).id: "member" for who in members}
            org.members |= {self.user(who).id: "admin" for who in admins}
            return org

    def open_pull_request(
        self,
        repo: In,
        by: Who | None,
        title: str,
        body: str = "",
        *,
        files: Sequence[FileLike] = (),
        commits: Sequence[CommitLike] = (),
        branch: str = "patch-1",
        base: str | None = None,
        head_repo: In | None = None,
        fork_deleted: bool = False,
        draft: bool = False,
        labels: Iterable[str] = (),
        changed_files: int | None = None,
        number: int | None = None,
        github_id: int | None = None,
        association: str | None = None,
        at: datetime | None = None,
    ) -> Item:
        """Open a pull request from `head_repo` (the repository itself, if not given)."""
        with self._state.lock:
            target, author = self.repo(repo), None if by is None else self.user(by)
            pull = Pull(
                branch,
                None if fork_deleted else self.repo(head_repo or target),
                base or target.default_branch,
                [File(f) if isinstance(f, str) else f for f in files],
                [self._commit(target, c, author, at) for c in commits or (title,)],
                draft=draft,
                changed_files=changed_files,
            )
            new = items.Draft(title, body, labels, pull, number, github_id, association=association)
            item = items.create(self._state, target, author, new, at=at)
            for commit in pull.commits:
                refer_from_commit(self._state, commit, commit.author)
            return item

    def open_issue(
        self,
        repo: In,
        by: Who | None,
        title: str,
        body: str = "",
        *,
        labels: Iterable[str] = (),
        number: int | None = None,
        github_id: int | None = None,
        association: str | None = None,
        at: datetime | None = None,
    ) -> Item:
        """Open an issue."""
        with self._state.lock:
            draft = items.Draft(
                title, body, labels, None, number, github_id, association=association
            )
            author = None if by is None else self.user(by)
            return items.create(self._state, self.repo(repo), author, draft, at=at)

    def edit(
        self,
        item: On,
        by: Who,
        *,
        title: str | None = None,
        body: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """Edit title or body."""
        with self._state.lock:
            items.edit(self._state, self.item(item), self.user(by), title=title, body=body, at=at)

    def push(
        self, item: On, by: Who, *commits: CommitLike, files: Sequence[FileLike] = ()
    ) -> list[Commit]:
        """Push commits to a pull request."""
        with self._state.lock:
            target, who = self.item(item), self.user(by)
            new = [self._commit(target.repo, commit, who, None) for commit in commits]
            touched = [File(f) if isinstance(f, str) else f for f in files]
            pulls.push(self._state, target, who, new, touched)
            return new

    def commit(self, repo: In, by: Who, message: str, *, at: datetime | None = None) -> Commit:
        """Push a commit to the default branch."""
        with self._state.lock:
            where = self.repo(repo)
            return pulls.push_to_default(self._state, where, self.user(by), message, at=at)

    def merge(self, item: On, by: Who, *, at: datetime | None = None) -> None:
        """Merge a pull request."""
        with self._state.lock:
            pulls.merge(self._state, self.item(item), self.user(by), at=at)

    def close(
        self, item: On, by: Who, *, reason: str | None = None, at: datetime | None = None
    ) -> None:
        """Close without merging; `reason` of an issue is completed, not_planned or duplicate."""
        with self._state.lock:
            target = self.item(item)
            items.set_state(self._state, target, self.user(by), "closed", reason=reason, at=at)

    def reopen(self, item: On, by: Who, *, at: datetime | None = None) -> None:
        """Reopen what was closed."""
        with self._state.lock:
            items.set_state(self._state, self.item(item), self.user(by), "open", at=at)

    def set_draft(self, item: On, by: Who, *, draft: bool) -> None:
        """Turn into a draft, or make ready for review."""
        with self._state.lock:
            pulls.set_draft(self._state, self.item(item), self.user(by), draft=draft)

    def comment(
        self, item: On, by: Who | None, body: str, *, at: datetime | None = None
    ) -> Comment:
        """Write a comment."""
        with self._state.lock:
            who = None if by is None else self.user(by)
            return comments.create(self._state, self.item(item), who, body, at=at)

    def edit_comment(
        self, comment: Comment, by: Who, body: str, *, at: datetime | None = None
    ) -> None:
        """Edit a comment."""
        with self._state.lock:
            comments.edit(self._state, comment, self.user(by), body, at=at)

    def delete_comment(self, comment: Comment, by: Who) -> None:
        """Delete a comment."""
        with self._state.lock:
            comments.delete(self._state, comment, self.user(by))

    def review(
        self,
        item: On,
        by: Who | None,
        verdict: str = "APPROVED",
        body: str = "",
        *,
        at: datetime | None = None,
    ) -> Review:
        """Submit a review."""
        with self._state.lock:
            who = None if by is None else self.user(by)
            return pulls.review(self._state, self.item(item), who, verdict, body=body, at=at)

    def label(self, item: On, by: Who, *names: str, at: datetime | None = None) -> None:
        """Put labels on by hand."""
        with self._state.lock:
            items.add_labels(self._state, self.item(item), names, self.user(by), at=at)

    def unlabel(self, item: On, by: Who, name: str, *, at: datetime | None = None) -> None:
        """Take a label off by hand."""
        with self._state.lock:
            items.remove_label(self._state, self.item(item), name, self.user(by), at=at)

    def create_label(
        self, repo: In, by: Who, name: str, *, color: str = "ededed", description: str | None = None
    ) -> None:
        """Create a label in a repository."""
        with self._state.lock:
            where, who = self.repo(repo), self.user(by)
            labels.create(self._state, where, name, color=color, description=description, by=who)

    def release(
        self,
        repo: In,
        by: Who,
        tag: str,
        *,
        name: str | None = None,
        body: str = "",
        at: datetime | None = None,
    ) -> Release:
        """Publish a release."""
        with self._state.lock:
            where, who = self.repo(repo), self.user(by)
            return pulls.publish(self._state, where, who, tag, name=name, body=body, at=at)

    def put_on_board(
        self, item: On, board: str, *, public: bool = False, **fields: str
    ) -> BoardItem:
        """Put an item on the owner's board of that title and choose options: Bucket="…"."""
        with self._state.lock:
            state, target = self._state, self.item(item)
            owner = target.repo.owner
            project = state.projects.get((owner.id, board))
            if project is None:
                number = 1 + sum(key[0] == owner.id for key in state.projects)
                project = Project(state.ids.next("project"), owner, number, board, public)
                state.projects[owner.id, board] = project
            card = next((c for c in target.board if c.project is project), None)
            if card is None:
                card = BoardItem(state.ids.next("project"), project, target, state.now())
                target.board.append(card)
            card.fields |= fields
            return card

    def repo(self, repo: In) -> Repo:
        """Find a repository by name; KeyError if there is none."""
        if isinstance(repo, Repo):
            return repo
        found = self._state.repo(repo)
        if found is None:
            raise KeyError(repo)
        return found

    def item(self, item: On) -> Item:
        """Find an item written "owner/name#1"; KeyError if there is none."""
        if isinstance(item, Item):
            return item
        name, _, number = item.partition("#")
        return self.repo(name).items[int(number)]

    def _commit(
        self, repo: Repo, commit: CommitLike, author: Account | None, at: datetime | None
    ) -> Commit:
        if isinstance(commit, str):
            return pulls.new_commit(self._state, repo, commit, author, at=at)
        message, who = commit[:2]
        by = None if who is None else self.user(who)
        when = commit[2] if len(commit) == 3 else at  # noqa: PLR2004 - the third is the time
        email = email_of(by) if by else None
        return pulls.new_commit(self._state, repo, message, by, at=when, email=email)
