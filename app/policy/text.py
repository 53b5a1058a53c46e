"""The policy for people to read: the definitions, the rules below each, the home's settings."""

from collections.abc import Iterable, Iterator

from app.policy.definitions import DEFINITIONS, POLICY, POLICY_VERSION, Definition, Rule
from app.policy.home import Home
from app.policy.model import Bucket, Kind


def policy_text(home: Home | None = None) -> str:
    """Give the policy as Markdown; with `home`, how its settings fill it in.

    Settings name trackers and communities, so with `home` it is for the home's own people.
    """
    parts = [_with_rules(DEFINITIONS.strip(), home)]
    if home is not None:
        parts.append("\n".join(_settings(home)))
    parts.append(f"Policy version {POLICY_VERSION}.")
    return "\n\n".join(parts) + "\n"


def quoted(rule: Rule) -> str:
    """Give the sentence of the definitions that a rule applies."""
    return (rule.__doc__ or "").strip()


def _with_rules(definitions: str, home: Home | None) -> str:
    head, *sections = definitions.split("\n## ")
    return "\n\n## ".join([head.rstrip(), *(_section(text, home) for text in sections)])


def _section(text: str, home: Home | None) -> str:
    title = text.split(maxsplit=1)[0].casefold()
    kind = next((kind for kind in Kind if kind.value == title), None)
    if kind is None:
        return text.rstrip()
    if home is not None and home.shown(kind) != kind.value:
        heading, _, rest = text.partition("\n")
        text = f"{heading}: here {home.shown(kind)}\n{rest}"
    steps = [
        # Not "3." at the start of a line: Markdown would number the steps of each section anew.
        f"**Step {at}.** {step.heading}:\n\n" + "\n".join(map(_rule, step.rules)) + _asks(step)
        for at, step in enumerate(POLICY, start=1)
        if step.kind is kind
    ]
    return "\n\n".join(
        [text.rstrip(), *(["### Steps, in the order of decision"] if steps else []), *steps]
    )


def _rule(rule: Rule) -> str:
    return f"- it {rule.__name__.replace('_', ' ')}: \u201c{quoted(rule)}\u201d"


def _asks(step: Definition) -> str:
    return f"\n\nThen it is asked: {step.asks}" if step.asks else ""


def _settings(home: Home) -> Iterator[str]:
    yield f"## Settings of {home.name}\n"
    yield _row("Organisations", home.organisations)
    yield _row("Trackers", map(_as_written, (one.repo for one in home.trackers)))
    yield _row("No trackers", map(_as_written, home.not_trackers))
    yield _row("Not upstream", map(_as_written, home.not_upstream))
    yield _row("Upstreams", map(_as_written, home.upstreams))
    if board := home.needs.board:
        yield _row("Board", (f"{_as_written(board.project)}, field {board.field}",))
    for called, pairs in (("Labels", home.needs.labels), ("Titles", home.needs.titles)):
        yield _row(f"{called} of needs", (_to(glob, bucket, home) for glob, bucket in pairs))
    yield _row("Addresses of needs", (_to(x.match, x.bucket, home) for x in home.needs.links))
    planned = home.stewardship
    every = (*planned.labels, *planned.titles, *planned.items)
    yield _row("Planned stewardship", map(_as_written, every))
    yield _row("Strategic activities", home.strategic.activities)
    yield _row("Stewardship is planned for", map(_as_written, home.strategic.upstreams))
    yield _row("Operated services", map(_as_written, home.strategic.operated))
    rules = home.rules
    yield _row("Features without a need", (rules.unlinked_feature,))
    if rules.grace_days is not None:
        yield _row("Days of grace", (str(rules.grace_days),))
    yield _row("Size of an excluded feature", (rules.feature_size,))
    yield _row("General maintenance", (rules.general_maintenance,))
    yield _row("Communities", (one.name for one in home.communities))
    yield f"- Members: {len(home.members)}, present and former"


def _to(glob: str, bucket: Bucket | None, home: Home) -> str:
    called = home.bucket_names.get(bucket, bucket.value) if bucket else "a need, bucket not known"
    return f"{_as_written(glob)} → {called}"


def _as_written(glob: str) -> str:
    """Keep the stars of a glob from being read as emphasis."""
    return f"`` {glob} ``" if "`" in glob else f"`{glob}`"


def _row(called: str, values: Iterable[str]) -> str:
    return f"- {called}: {', '.join(values) or 'none'}"
