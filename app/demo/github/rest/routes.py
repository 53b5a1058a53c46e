"""Which address leads to which function, and what surrounds every one of them."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.demo.github.access import Nobody, authenticate
from app.demo.github.call import Answer, Call, Handler, etag
from app.demo.github.graph import Graph
from app.demo.github.hooks import Hooks
from app.demo.github.limits import Meter
from app.demo.github.rest import apps, issues, pulls, repos, search
from app.demo.github.state import Rejected, State

_REPO = "/repos/{owner}/{repo}"
_ISSUE = f"{_REPO}/issues/{{issue_number}}"
_COMMENT = f"{_REPO}/issues/comments/{{comment_id}}"
_PULL = f"{_REPO}/pulls/{{pull_number}}"
_DELIVERY = "/app/hook/deliveries/{delivery_id}"

ENDPOINTS: dict[str, Handler] = {
    f"POST {_ISSUE}/labels": issues.add_labels,
    f"POST {_ISSUE}/comments": issues.create_comment,
    "POST /app/installations/{installation_id}/access_tokens": apps.mint,
    f"GET {_ISSUE}/comments": issues.list_comments,
    f"GET {_REPO}": repos.get_repo,
    f"GET {_REPO}/labels": repos.list_labels,
    f"POST {_REPO}/labels": repos.create_label,
    f"GET {_REPO}/labels/{{name:path}}": repos.get_label,
    f"PATCH {_REPO}/labels/{{name:path}}": repos.update_label,
    f"DELETE {_REPO}/labels/{{name:path}}": repos.delete_label,
    f"GET {_ISSUE}/labels": issues.list_item_labels,
    f"PUT {_ISSUE}/labels": issues.set_labels,
    f"DELETE {_ISSUE}/labels": issues.remove_labels,
    f"DELETE {_ISSUE}/labels/{{name:path}}": issues.remove_label,
    f"GET {_ISSUE}/timeline": issues.get_timeline,
    f"GET {_REPO}/issues/comments": issues.list_repo_comments,
    f"GET {_COMMENT}": issues.get_comment,
    f"PATCH {_COMMENT}": issues.update_comment,
    f"DELETE {_COMMENT}": issues.delete_comment,
    f"GET {_COMMENT}/reactions": issues.list_reactions,
    f"POST {_COMMENT}/reactions": issues.create_reaction,
    f"GET {_REPO}/issues": issues.list_issues,
    f"POST {_REPO}/issues": issues.create_issue,
    f"GET {_ISSUE}": issues.get_issue,
    f"PATCH {_ISSUE}": issues.update_issue,
    f"GET {_REPO}/pulls": pulls.list_pulls,
    f"GET {_PULL}": pulls.get_pull,
    f"GET {_PULL}/files": pulls.list_files,
    f"GET {_PULL}/commits": pulls.list_commits,
    f"GET {_PULL}/reviews": pulls.list_reviews,
    f"GET {_REPO}/contents/{{path:path}}": repos.get_content,
    f"GET {_REPO}/collaborators/{{username}}/permission": repos.get_permission,
    f"GET {_REPO}/releases": repos.list_releases,
    f"POST {_REPO}/releases": repos.create_release,
    f"GET {_REPO}/releases/latest": repos.latest_release,
    f"GET {_REPO}/releases/{{release_id}}": repos.get_release,
    f"GET {_REPO}/installation": apps.repo_installation,
    "GET /orgs/{org}/installation": apps.account_installation,
    "GET /orgs/{org}": repos.get_org,
    "GET /orgs/{org}/members": repos.list_members,
    "GET /orgs/{org}/members/{username}": repos.check_member,
    "GET /orgs/{org}/memberships/{username}": repos.get_membership,
    "GET /users/{username}": repos.get_user,
    "GET /user/{account_id}": repos.get_user_by_id,
    "GET /search/issues": search.search_issues,
    "GET /installation/repositories": apps.list_repositories,
    "GET /app": apps.get_app,
    "GET /app/installations": apps.list_installations,
    "GET /app/installations/{installation_id}": apps.get_installation,
    "GET /app/hook/config": apps.get_hook_config,
    "PATCH /app/hook/config": apps.update_hook_config,
    "GET /app/hook/deliveries": apps.list_deliveries,
    f"GET {_DELIVERY}": apps.get_delivery,
    f"POST {_DELIVERY}/attempts": apps.redeliver,
    "GET /rate_limit": apps.rate_limit,
}
"""Every REST endpoint, as "METHOD /path"; the first that matches is taken."""


class Rest:
    """The endpoints as routes, over one state."""

    def __init__(self, state: State, hooks: Hooks, meter: Meter) -> None:
        self._state, self._hooks, self._meter = state, hooks, meter
        self._graph = Graph(state, meter)

    def routes(self) -> list[Route]:
        """Give the routes, GraphQL last."""
        rest = [
            Route(entry.split(" ")[1], self._endpoint(handler), methods=[entry.split(" ")[0]])
            for entry, handler in ENDPOINTS.items()
        ]
        return [*rest, Route("/graphql", self._graphql, methods=["POST"])]

    def _endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            content = await request.body()
            with self._state.lock:
                return self._answer(request, content, handler)

        return endpoint

    def _answer(self, request: Request, content: bytes, handler: Handler) -> Response:
        resource = "search" if request.url.path.startswith("/search/") else "core"
        free = handler is apps.rate_limit
        who = Nobody().name
        try:
            actor = authenticate(self._state, request.headers.get("authorization"))
            who = request.state.request.actor = actor.name
            if not free:
                self._meter.check(who, resource)
            call = Call(
                self._state,
                self._hooks,
                self._meter,
                actor,
                request.method,
                request.url.path,
                request.path_params,
                dict(request.query_params),
                content,
            )
            answer = handler(call)
        except Rejected as refusal:
            answer = Answer(refusal.status, refusal.body(), refusal.headers)
        response = _respond(answer)
        unchanged = _conditional(request, response)
        if unchanged is None and not free:
            self._meter.use(who, resource)
        shown = unchanged or response
        shown.headers.update(self._meter.headers(who, resource))
        return shown

    async def _graphql(self, request: Request) -> Response:
        content = await request.body()
        with self._state.lock:
            who = Nobody().name
            try:
                actor = authenticate(self._state, request.headers.get("authorization"))
                who = request.state.request.actor = actor.name
                call = Call(self._state, self._hooks, self._meter, actor, "", "", {}, {}, content)
                answer = self._graph.answer(actor, call.json())
            except Rejected as refusal:
                answer = Answer(refusal.status, refusal.body(), refusal.headers)
            response = _respond(answer)
            response.headers.update(self._meter.headers(who, "graphql"))
            return response


def _respond(answer: Answer) -> Response:
    raw = answer.raw()
    kind = "application/json; charset=utf-8" if raw else None
    headers = {"X-GitHub-Media-Type": "github.v3; format=json", **answer.headers}
    return Response(raw, answer.status, headers, kind)


def _conditional(request: Request, response: Response) -> Response | None:
    """Put an ETag on what was read; gives the 304 where the asker has it already."""
    if request.method != "GET" or response.status_code != HTTPStatus.OK:
        return None
    tag = etag(bytes(response.body))
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, max-age=60, s-maxage=60"
    if request.headers.get("if-none-match") != tag:
        return None
    return Response(None, HTTPStatus.NOT_MODIFIED, {"ETag": tag})


async def not_here(_: Request, __: Exception) -> Response:
    """Answer as GitHub does where no endpoint is."""
    return _respond(Answer(404, Rejected(404, "Not Found").body()))
