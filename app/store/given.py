"""Rows given to a statement as one parameter, so that it is the same one for any number of them.

An IN or a VALUES that names each of them is written anew for every number, by SQLAlchemy, and read
anew by PostgreSQL: for the pump's two hundred that took longer than running it.
"""

from sqlalchemy import FromClause, bindparam, column, func, inspect, select
from sqlmodel import SQLModel

from app.store.columns import DOCUMENT


def given(dialect: str, table: type[SQLModel], *names: str) -> FromClause:
    """Give the rows that are told as `given`: dictionaries of numbers and texts.

    `names` are those of columns of `table`, which tells their types.
    """
    told = bindparam("given", type_=DOCUMENT)
    types = {name: inspect(table).c[name].type for name in names}
    if dialect == "sqlite":
        row = func.json_each(told).table_valued("value").c.value
        return select(
            *(func.json_extract(row, f"$.{name}", type_=types[name]).label(name) for name in names)
        ).subquery("given")
    rows = func.json_to_recordset(told)
    return rows.table_valued(
        *(column(name, types[name]) for name in names), name="given"
    ).render_derived(with_types=True)
