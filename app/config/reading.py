"""Bytes become a Tree: the small part of YAML that a reviewed file needs, read strictly.

Refused is what surprises people or costs time: anchors, aliases, merge keys, tags, directives,
further documents, duplicate keys, depth, size. The parser's events are taken one at a time, so a
file that nests too deep is left at that point and never built.
"""

import re
from dataclasses import dataclass, field
from typing import Protocol

import yaml

from app.config.problems import MOST, Path
from app.config.tree import DEEPEST, LARGEST, MOST_VALUES, START, Mark, Tree, plain_value

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML without libyaml: the same events and marks, about ten times slower
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_REFUSED = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SKIPPED = -1
"""Stands in a path for a key that was refused; what is below it is read but not kept."""
_ALIAS = "anchors and aliases (& and *) are not allowed: write the value out"


def read_tree(text: str | bytes, source: str) -> Tree:
    """Read a file; what cannot be read is in the tree's problems, nothing is ever raised."""
    tree = Tree(source)
    if (decoded := _decoded(text, tree)) is None:
        tree.unread.add(())
        return tree
    reader = _Reader(tree)
    try:
        for event in yaml.parse(decoded, Loader=_Loader):
            if not reader.takes(event):
                tree.unread.add(())
                break
    except yaml.YAMLError as error:
        mark, says = _syntax(error)
        tree.refuse(mark, (), says)
        tree.unread.add(())
    return tree


def _decoded(text: str | bytes, tree: Tree) -> str | None:
    """Give the text, or None with the problem noted: too large, not UTF-8, control characters."""
    raw = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    if (size := len(raw)) > LARGEST:
        tree.refuse(START, (), f"expected at most {LARGEST:,} bytes, found {size:,}")
        return None
    try:
        decoded = raw.decode()
    except UnicodeDecodeError as error:
        mark = _place(raw[: error.start].decode())
        tree.refuse(mark, (), f"expected UTF-8, found the byte 0x{raw[error.start]:02x}")
        return None
    decoded = decoded.removeprefix("\ufeff")
    if refused := _REFUSED.search(decoded):
        tree.refuse(_place(decoded[: refused.start()]), (), _not_allowed(refused))
        return None
    return decoded


def _not_allowed(refused: re.Match[str]) -> str:
    return f"the character U+{ord(refused.group()):04X} is not allowed"


def _place(before: str) -> Mark:
    lines = _BREAK.split(before)
    return Mark(len(lines), len(lines[-1]) + 1)


class _Position(Protocol):
    """A mark of either parser, counted from 0."""

    line: int
    column: int


def _mark(mark: _Position | None) -> Mark:
    return Mark(mark.line + 1, mark.column + 1) if mark else START


def _syntax(error: yaml.YAMLError) -> tuple[Mark, str]:
    """Give place and sentence of what the parser could not read."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return START, f"not YAML: {error}"
    says = error.problem or "it cannot be read"
    if "cannot start any token" in says:
        says += " (a tab? lines are indented with spaces, and text that starts so needs quotes)"
    mark = error.problem_mark or error.context_mark
    context = f", {error.context}" if error.context else ""
    return _mark(mark), f"not YAML: {says}{context}"


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being read; `key` None: the next thing is a key."""

    path: Path
    kept: dict[str | int, object] = field(default_factory=dict)
    key: str | int | None = None
    is_list: bool = False

    def put(self, value: object) -> None:
        if self.is_list:
            self.kept[len(self.kept)] = value
            self.key = len(self.kept)
        else:
            if self.key is not None and self.key != _SKIPPED:
                self.kept[self.key] = value
            self.key = None

    def value(self) -> object:
        return tuple(self.kept.values()) if self.is_list else self.kept


class _Reader:
    """Builds the tree from events, without recursion."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.open: list[_Open] = []
        self.documents = 0
        self.count = 0

    def takes(self, event: yaml.Event) -> bool:
        """Take in one event; False: the rest of the file is not worth reading."""
        mark = _mark(event.start_mark)
        if isinstance(event, yaml.NodeEvent):
            return self._node(event, mark)
        if isinstance(event, yaml.DocumentStartEvent):
            return self._document(event, mark)
        if isinstance(event, yaml.CollectionEndEvent):
            self._arrives(self.open.pop().value(), None, mark)
        return True

    def _document(self, event: yaml.DocumentStartEvent, mark: Mark) -> bool:
        self.documents += 1
        if self.documents > 1:
            self.tree.refuse(mark, (), "expected one document, found a second")
            return False
        if event.version or event.tags:
            self.tree.refuse(mark, (), "directives (lines that start with %) are not allowed")
        return True

    def _node(self, event: yaml.NodeEvent, mark: Mark) -> bool:
        self.count += 1
        path = self._path()
        if self.count > MOST_VALUES:
            self.tree.refuse(mark, path, f"expected at most {MOST_VALUES:,} keys and values")
            return False
        if len(self.tree.problems) > MOST:
            return False
        if not self._is_key():
            self.tree.values[path] = mark
        self._refuse_extras(event, mark, path)
        if isinstance(event, yaml.ScalarEvent):
            self._arrives(self._scalar(event, mark, path), event, mark)
        elif isinstance(event, yaml.AliasEvent):
            self._arrives(None, None, mark)
        elif len(self.open) == DEEPEST:
            self.tree.refuse(mark, path, f"expected at most {DEEPEST} levels")
            return False
        else:
            if self._is_key():
                self.tree.refuse(mark, path, "expected a key that is text")
            is_list = isinstance(event, yaml.SequenceStartEvent)
            self.open.append(_Open(path, is_list=is_list, key=0 if is_list else None))
        return True

    def _refuse_extras(self, event: yaml.NodeEvent, mark: Mark, path: Path) -> None:
        tag = getattr(event, "tag", None)
        if event.anchor:
            self.tree.refuse(mark, path, _ALIAS)
        if tag:
            self.tree.refuse(mark, path, "tags (!) are not allowed: text with a ! needs quotes")
        if tag or isinstance(event, yaml.AliasEvent):
            self.tree.unread.add(path)

    def _scalar(self, event: yaml.ScalarEvent, mark: Mark, path: Path) -> object:
        text: str = event.value
        if refused := _REFUSED.search(text):  # written as an escape, such as "\\0"
            self.tree.refuse(mark, path, _not_allowed(refused))
            self.tree.unread.add(path)
        value = text if event.style else plain_value(text)
        # The six digits of a colour may look like a number, and would lose their zeros.
        is_color = path[-1:] == ("color",) and isinstance(value, int | float)
        return text if is_color else value

    def _is_key(self) -> bool:
        return bool(self.open) and self.open[-1].key is None

    def _path(self) -> Path:
        if not self.open:
            return ()
        within = self.open[-1]
        return (*within.path, _SKIPPED if within.key is None else within.key)

    def _arrives(self, value: object, scalar: yaml.ScalarEvent | None, mark: Mark) -> None:
        if not self.open:
            self.tree.value = value
        elif self._is_key():
            self.open[-1].key = self._key(self.open[-1], scalar, mark)
        else:
            self.open[-1].put(value)

    def _key(self, within: _Open, scalar: yaml.ScalarEvent | None, mark: Mark) -> str | int:
        if scalar is None:
            return _SKIPPED  # an alias, mapping or list, refused where it starts
        key: str = scalar.value
        path = (*within.path, key)
        if key == "<<" and not scalar.style:
            self.tree.refuse(mark, within.path, "merge keys (<<) are not allowed")
            return _SKIPPED
        if key in within.kept:
            line = self.tree.keys[path].line
            self.tree.refuse(mark, path, f"the key is there twice, first in line {line}")
            return _SKIPPED
        self.tree.keys[path] = mark
        return key
