"""Boards: an item's card and the options chosen on it."""

from app.demo.github.graph.context import Args, Context, Fields, FieldValue, paged
from app.demo.github.ids import node_id, sha
from app.demo.github.model import BoardItem


def _field(card: BoardItem, _: Context, args: Args) -> FieldValue | None:
    for name, option in card.fields.items():
        if name.lower() == args["name"].lower():
            return FieldValue(card, name, option)
    return None


PROJECT: Fields = paged(lambda p: f"/orgs/{p.owner.login}/projects/{p.number}") | {
    "id": lambda project, _, __: node_id(project),
    "fullDatabaseId": lambda project, _, __: str(project.id),
    "number": "number",
    "title": "title",
    "public": "public",
    "closed": lambda *_: False,
    "closedAt": lambda *_: None,
}

CARD: Fields = {
    "id": lambda card, _, __: node_id(card),
    "fullDatabaseId": lambda card, _, __: str(card.id),
    "isArchived": lambda *_: False,
    "type": lambda card, _, __: "PULL_REQUEST" if card.item.pull else "ISSUE",
    "content": lambda card, context, _: card.item if context.sees(card.item.repo) else None,
    "project": "project",
    "fieldValueByName": _field,
    "createdAt": "created_at",
    "updatedAt": "created_at",
}

FIELD_VALUE: Fields = {
    "id": lambda value, _, __: f"PVTFSV_{value.card.id}_{value.field}",
    "name": "option",
    "text": "option",
    "optionId": lambda value, _, __: sha("option", value.field, value.option)[:8],
    "createdAt": "card.created_at",
    "updatedAt": "card.created_at",
}
