"""Tells whether what is put where LiteralString is declared was written down in the source.

mypy takes LiteralString for str, so the declaration by itself holds nobody back. Understood are
constants, their sums and choices, names that only such are assigned to, tables of them, and what
is declared LiteralString itself: a field, or a parameter, whose function is then held to it too.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping

DECLARATIONS = ("LiteralString", "Constant")
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Literals:
    """All of a program's modules, by name."""

    def __init__(self, modules: Mapping[str, ast.Module]) -> None:
        self._modules = modules
        classes = [n for m in modules.values() for n in ast.walk(m) if isinstance(n, ast.ClassDef)]
        self._fields = {c.name: _fields(c) for c in classes if any(_fields(c).values())}
        self._declared = {name for each in self._fields.values() for name in each if each[name]}
        functions = [n for m in modules.values() for n in m.body if isinstance(n, Function)]
        self._fields |= {f.name: told for f in functions if any((told := _parameters(f)).values())}
        self._tables = {
            statement.target.id: statement.value
            for module in modules.values()
            for statement in module.body
            if isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(statement.value, ast.Dict)
        }

    def wrong(self) -> Iterator[str]:
        """Give each place where something else is put into a field of literals."""
        for name, module in self._modules.items():
            for call, within in _calls(module):
                for given in self._given(call):
                    if not self._literal(given, within):
                        yield f"{name}:{call.lineno} {ast.unparse(given)}"

    def count(self, name: str) -> int:
        """Tell how often objects of a class are made."""
        calls = (call for module in self._modules.values() for call, _ in _calls(module))
        return sum(isinstance(c.func, ast.Name) and c.func.id == name for c in calls)

    def _given(self, call: ast.Call) -> Iterator[ast.expr]:
        fields = self._fields.get(call.func.id, {}) if isinstance(call.func, ast.Name) else {}
        for argument, is_literal in zip(call.args, fields.values(), strict=False):
            if is_literal:
                yield argument
        for keyword in call.keywords:
            if keyword.arg and fields.get(keyword.arg):
                yield keyword.value

    def _literal(self, node: ast.expr, within: Function | None) -> bool:
        parts: list[ast.expr] = []
        match node:
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                parts = [left, right]
            case ast.BoolOp(values=parts):
                pass
            case ast.IfExp(body=body, orelse=orelse):
                parts = [body, orelse]
            case ast.Name(id=name) if within and _parameters(within).get(name):
                return True
            case ast.Name(id=name) if within:
                parts = list(_assigned(name, within))
            case _:
                return self._written_down(node)
        return bool(parts) and all(self._literal(part, within) for part in parts)

    def _written_down(self, node: ast.expr) -> bool:
        match node:
            case ast.Constant(value=value):
                return value is None or isinstance(value, str)
            case ast.Subscript(value=ast.Name(id=name)):
                return self._is_table(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get")):
                return self._is_table(name)
            case ast.Attribute(attr=attr):
                return attr in self._declared
        return False

    def _is_table(self, name: str) -> bool:
        table = self._tables.get(name)
        return table is not None and all(self._literal(value, None) for value in table.values)


def _fields(node: ast.ClassDef) -> dict[str, bool]:
    """Give a dataclass's fields in order, and which of them are declared literal."""
    return {
        statement.target.id: any(word in ast.unparse(statement.annotation) for word in DECLARATIONS)
        for statement in node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    }


def _parameters(node: Function) -> dict[str, bool]:
    """Give a function's parameters in order, and which of them are declared literal."""
    return {
        one.arg: any(word in ast.unparse(one.annotation) for word in DECLARATIONS)
        for one in (*node.args.args, *node.args.kwonlyargs)
        if one.annotation is not None
    }


def _calls(
    node: ast.AST, within: Function | None = None
) -> Iterator[tuple[ast.Call, Function | None]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child, within
        inside = child if isinstance(child, Function) else within
        yield from _calls(child, inside)


def _assigned(name: str, within: Function) -> Iterator[ast.expr]:
    for statement in ast.walk(within):
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                yield from _matched(name, target, statement.value)
        elif isinstance(statement, ast.AnnAssign | ast.NamedExpr | ast.AugAssign) and (
            statement.value is not None
        ):
            yield from _matched(name, statement.target, statement.value)


def _matched(name: str, target: ast.expr, value: ast.expr) -> Iterable[ast.expr]:
    match target, value:
        case ast.Name(id=found), _ if found == name:
            return [value]
        case ast.Tuple(elts=targets), ast.Tuple(elts=values):
            pairs = zip(targets, values, strict=True)
            return [each for pair in pairs for each in _matched(name, *pair)]
        case ast.Tuple(elts=targets), _ if name in {getattr(each, "id", None) for each in targets}:
            return [value]
    return []
