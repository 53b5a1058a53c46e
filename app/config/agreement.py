"""What single values cannot tell: whether the parts of a home's file agree with each other."""

from collections.abc import Iterable
from datetime import date

from app.config.problems import Path, found, meant
from app.config.schema import CommunityEntry, MemberEntry, TrackerEntry
from app.config.tree import Tree
from app.config.validation import entries


def check_agreement(tree: Tree) -> None:
    """Note in `tree` everything in which the file contradicts or repeats itself."""
    members = entries(tree, "members", MemberEntry)
    _memberships_end_after_they_start(tree, members)
    _memberships_of_a_person_do_not_overlap(tree, members)
    _communities_are_named_once(tree)
    _trackers_are_named_once(tree)
    _labels_differ(tree)
    for path in (("needs", "labels"), ("needs", "titles")):
        globs = _at(tree, path)
        keys = globs if isinstance(globs, dict) else {}
        _once(tree, [(key, (*path, key)) for key in keys if isinstance(key, str)], keys_of=True)
    for path in (("strategic", "activities"), ("home", "organisations")):
        listed = _at(tree, path)
        words = listed if isinstance(listed, tuple) else ()
        _once(tree, [(w, (*path, i)) for i, w in enumerate(words) if isinstance(w, str)])


def _memberships_end_after_they_start(tree: Tree, members: list[tuple[int, MemberEntry]]) -> None:
    for index, member in members:
        if member.since and member.until and member.until < member.since:
            path = ("members", index, "until")
            says = f"expected a day not before {member.since}, found {member.until}"
            tree.refuse(tree.at_value(path), path, says)


def _memberships_of_a_person_do_not_overlap(
    tree: Tree, members: list[tuple[int, MemberEntry]]
) -> None:
    same: dict[object, list[tuple[int, MemberEntry]]] = {}
    for index, member in members:
        logins = {login.lower() for login in (member.login, *member.former_logins)}
        for key in (*logins, *([] if member.id is None else [member.id])):
            same.setdefault(key, []).append((index, member))
    told: set[int] = set()
    for key, periods in same.items():
        periods.sort(key=lambda period: period[1].since or date.min)
        last_index, last = periods[0]
        for index, member in periods[1:]:
            overlaps = (member.since or date.min) <= (last.until or date.max)
            if overlaps and index not in told and not _are_two(key, last, member):
                told.add(index)
                path = ("members", index, "login")
                line = tree.at_value(("members", last_index, "login")).line
                same_as = key if isinstance(key, str) else f"id {key}"
                says = f"{same_as} is a member at the same time in line {line} already"
                tree.refuse(tree.at_value(path), path, says)
            if (member.until or date.max) > (last.until or date.max):
                last_index, last = index, member


def _are_two(key: object, one: MemberEntry, other: MemberEntry) -> bool:
    """Say whether a login went from one person to another, as their numeric ids tell."""
    if one.id is None or other.id is None or one.id == other.id:
        return False
    return not one.login.lower() == other.login.lower() == key


def _communities_are_named_once(tree: Tree) -> None:
    communities = entries(tree, "communities", CommunityEntry)
    named: dict[str, tuple[int, Path]] = {}
    for index, community in communities:
        paths: list[Path] = [("communities", index, "name")]
        paths += [("communities", index, "aliases", at) for at in range(len(community.aliases))]
        for name, path in zip((community.name, *community.aliases), paths, strict=True):
            first, seen = named.setdefault(name.lower(), (index, path))
            if first != index:
                _refuse_again(tree, name, path, tree.at_value(seen).line)
    never = _at(tree, ("never_communities",))
    for at, name in enumerate(never if isinstance(never, tuple) else ()):
        if isinstance(name, str) and name.lower() in named:
            path = ("never_communities", at)
            line = tree.at_value(named[name.lower()][1]).line
            tree.refuse(tree.at_value(path), path, f"{found(name)} is a community in line {line}")


def _trackers_are_named_once(tree: Tree) -> None:
    trackers = entries(tree, "trackers", TrackerEntry)
    _once(
        tree,
        [(tracker.repo, ("trackers", index, "repo")) for index, tracker in trackers]
        + [
            (alias, ("trackers", index, "aliases", at))
            for index, tracker in trackers
            for at, alias in enumerate(tracker.aliases)
        ],
    )
    path = ("iteration", "tracker")
    repo = _at(tree, path)
    known = [tracker.repo for _, tracker in trackers]
    if isinstance(repo, str) and repo.lower() not in map(str.lower, known):
        says = f"expected one of the trackers, found {found(repo)}{meant(repo, known)}"
        tree.refuse(tree.at_value(path), path, says)


def _labels_differ(tree: Tree) -> None:
    paths = [("publish", "labels", kind, "name") for kind in ("tactical", "strategic")]
    names = [(_at(tree, path), path) for path in paths]
    _once(tree, [(name, path) for name, path in names if isinstance(name, str)])


def _once(tree: Tree, named: Iterable[tuple[str, Path]], *, keys_of: bool = False) -> None:
    """Note every name that is there before, letter case aside."""
    place = tree.at_key if keys_of else tree.at_value
    seen: dict[str, Path] = {}
    for name, path in named:
        first = seen.setdefault(name.lower(), path)
        if first != path:
            tree.refuse(place(path), path, _again(name, place(first).line))


def _refuse_again(tree: Tree, name: str, path: Path, line: int) -> None:
    tree.refuse(tree.at_value(path), path, _again(name, line))


def _again(name: str, line: int) -> str:
    return f"{found(name)} is named in line {line} already (letter case aside)"


def _at(tree: Tree, path: Path) -> object:
    """Give what the file has at a path of keys, or None."""
    value = tree.value
    for part in path:
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value
