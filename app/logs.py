"""Logs: one JSON object per line, with every secret taken out by its value."""

import json
import logging
import sys
from collections.abc import Callable, Iterable
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

Clean = Callable[[str], str]
_SHORTEST_LINE = 32


def set_up_logs(clean: Clean, *, stream: TextIO | None = None) -> None:
    """Send the logs of this process, the libraries' too, to `stream` (standard error).

    `clean` takes the secrets out of a finished line; see `spellings` for what it has to know.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    finish: list[Processor] = [structlog.processors.JSONRenderer(), _cleaned_by(clean)]
    out = stream or sys.stderr
    structlog.configure(
        processors=[*shared, *finish],
        logger_factory=structlog.WriteLoggerFactory(out),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *finish],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def spellings(secrets: Iterable[str]) -> set[str]:
    """Give all that must not stand in a line: each secret as it is and as JSON writes it.

    Of one with several lines (a key), each long line counts by itself.
    """
    found = set()
    for secret in secrets:
        lines = [line.strip() for line in secret.splitlines()]
        long = [line for line in lines if len(line) >= _SHORTEST_LINE]
        found |= {secret, *(long if len(lines) > 1 else ())}
    found |= {json.dumps(secret)[1:-1] for secret in found}
    return found - {""}


def _cleaned_by(clean: Clean) -> Processor:
    def cleaned(_: WrappedLogger, __: str, line: EventDict | str) -> str:
        return clean(str(line))

    return cleaned
