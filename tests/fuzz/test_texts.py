from tests.fuzz.texts import ALSO, faults, look_at
from tests.publish.test_inert import HOSTILE


def test_no_title_comes_alive_in_a_comment_a_table_or_a_sheet() -> None:
    assert look_at(1_000, seed=31) == []


def test_without_escaping_titles_come_alive() -> None:
    alive = [text for text in (*HOSTILE, *ALSO) if faults(text, escape=str, safe=str)]
    assert len(alive) > 40
    assert [text for text in alive if faults(text)] == []
