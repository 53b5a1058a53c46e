"""What the doctor says of one thing: fine, a problem, or that it could not look; and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Check(StrEnum):
    """What is looked at, in this order."""

    SETTINGS = "settings"
    HOME = "home"
    KEY = "key"
    SECRET = "secret"  # noqa: S105 - the name of a check
    APP = "app"
    PERMISSIONS = "permissions"
    EVENTS = "events"
    INSTALLATIONS = "installations"
    WEBHOOK = "webhook"
    DELIVERIES = "deliveries"
    DATABASE = "database"
    WORKER = "worker"


class State(StrEnum):
    """How it stands. Not being able to look is neither fine nor a problem."""

    OK = "ok"
    PROBLEM = "problem"
    UNKNOWN = "could not check"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One line: what was found, and what to do about it ("" for nothing)."""

    check: Check
    state: State
    says: str
    advice: str = ""


def fine(check: Check, says: str) -> Diagnosis:
    """Say that all is well."""
    return Diagnosis(check, State.OK, says)


def problem(check: Check, says: str, advice: str) -> Diagnosis:
    """Say what is wrong, and what to do."""
    return Diagnosis(check, State.PROBLEM, says, advice)


def unknown(check: Check, says: str, advice: str = "") -> Diagnosis:
    """Say why nobody could look."""
    return Diagnosis(check, State.UNKNOWN, says, advice)
