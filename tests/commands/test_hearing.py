from app.commands.authority import NotAllowed, Place, Silent, Speaker
from app.commands.declare import UsageError
from app.commands.grammar import lines_of
from app.commands.hearing import Heard, Refusal, hear, is_elsewhere
from app.commands.sayings import Muted, Undone
from tests.commands.homes import HOME, PULL

MEMBER = Speaker(is_member=True)
OUTSIDER = Speaker(is_member=False, permission="read")
MAINTAINER = Speaker(is_member=False, permission="admin")


def heard(text: str, speaker: Speaker) -> Heard | UsageError | Refusal:
    (line,) = lines_of(text)
    return hear(line, PULL, HOME, speaker, Place.UPSTREAM_INSTALLED)


def test_a_member_s_line_is_heard() -> None:
    assert heard("/undo", MEMBER) == Heard(Undone())


def test_a_slip_is_answered_to_those_who_may_command_and_to_nobody_else() -> None:
    for text in ("/undoo", "/citizen wrong", "/tactical nothing known"):
        assert isinstance(heard(text, MEMBER), UsageError)
        refused = heard(text, OUTSIDER)
        assert isinstance(refused, NotAllowed)
        assert not refused.told
        assert heard(text, Speaker(is_member=True, is_bot=True)) == Silent()


def test_a_maintainer_s_word_is_kept_as_theirs() -> None:
    assert heard("/mute", MAINTAINER) == Heard(Muted(on=True, by_maintainer=True))
    assert heard("/mute", MEMBER) == Heard(Muted(on=True))
    assert isinstance(heard("/mute jupyterhub/jupyterhub#1", MAINTAINER), NotAllowed)
    here = heard("/mute jupyterhub/oauthenticator#719", MAINTAINER)
    assert isinstance(here, Heard)
    assert here.saying == Muted(on=True, by_maintainer=True)


def test_a_line_that_names_another_item_is_about_elsewhere() -> None:
    texts = ("/why", "/why JupyterHub/OAuthenticator#719", "/why jupyterhub/jupyterhub#719")
    lines = [lines_of(text)[0] for text in texts]
    assert [is_elsewhere(line, PULL) for line in lines] == [False, False, True]
