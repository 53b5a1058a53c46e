"""Logs: one JSON object a line, and no secret in any of them."""

import json
import os
from multiprocessing.context import ForkServerContext

from app.logs import spellings

SECRET = 'a "quoted" secret / with ünïcode'
KEY = "-----BEGIN KEY-----\n" + "\n".join(letter * 64 for letter in "abc") + "\n-----END KEY-----\n"

LOG = """
import logging, structlog
from app.github.redact import Redactor
from app.logs import set_up_logs, spellings

redactor = Redactor()
for spelling in spellings([secret, key]):
    redactor.add(spelling)
set_up_logs(redactor.clean, stream=open(out.fileno(), "w", closefd=False))
log = structlog.get_logger()
log.info("plain", guid="7")
log.info("with secrets", said=secret, nested={"list": [secret, key]}, cut=key.splitlines()[2])
try:
    raise ValueError(secret)
except ValueError:
    log.exception("failed")
    logging.getLogger("a.library").exception("also failed with %s", key)
logging.getLogger("a.library").info("of no interest")
"""


def test_no_line_holds_a_secret_whoever_writes_it(processes: ForkServerContext) -> None:
    read, out = processes.Pipe(duplex=False)
    given = {"secret": SECRET, "key": KEY, "out": out}
    process = processes.Process(target=exec, args=(LOG, given))
    process.start()
    out.close()
    with os.fdopen(os.dup(read.fileno())) as stream:
        text = stream.read()
    process.join()
    read.close()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["event"].split()[0] for line in lines] == ["plain", "with", "failed", "also"]
    assert lines[0]["guid"] == "7"
    assert lines[3]["logger"] == "a.library"
    assert "ValueError" in lines[2]["exception"]
    for spelling in spellings([SECRET, KEY]) - {"-----BEGIN KEY-----", "-----END KEY-----"}:
        assert spelling not in text


def test_each_long_line_of_a_key_counts_by_itself() -> None:
    assert spellings([KEY]) >= {letter * 64 for letter in "abc"}
    assert "-----BEGIN KEY-----" not in spellings([KEY])


def test_what_is_empty_is_no_secret() -> None:
    assert spellings(["", "one"]) == {"one"}
