"""A parent reads the public register in a browser: accessible, on a phone, on paper, and without script."""

import pytest

from foundation.database.connection import Database
from foundation.settings import Settings

pytestmark = pytest.mark.story


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings of a test, with the public register on."""
    return settings.model_copy(update={"public_register": True})


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_parent_reads_about_a_model_and_finds_how_to_challenge_it(registered: Database, arrive, script: bool) -> None:
    parent = arrive(registered, script=script)
    parent.go("/public")
    if script:  # axe itself is a script
        parent.check("Models about people")
    parent.follow("Return to custody")
    if script:
        parent.check("Return to custody")
    text = parent.text()
    for words in ("Never approved", "Of 100 people it flags, about", "A person decides.", "How can I challenge it?"):
        assert words in text
    assert parent.page.context.cookies() == []
    parent.page.emulate_media(media="print")
    assert parent.page.get_by_role("heading", name="Which law is it said to rest on?").is_visible()
    parent.page.emulate_media(media="screen")
    parent.follow("Tell us that it is wrong")
    assert parent.page.locator("h1").inner_text() == "Challenge a score or a model"


def test_the_accountable_officer_withholds_a_part(registered: Database, arrive) -> None:
    officer = arrive(registered)
    officer.sign_in("Oscar Lindqvist")
    officer.go("/public-register")
    officer.check("Public register")
    officer.follow("Return to custody")
    officer.check("Public page of Return to custody")
    officer.press("Withhold this part")
    officer.check("Public page of Return to custody", kind="with errors")
    assert "There is a problem" in officer.text()
    officer.page.get_by_label("Which part of the page").select_option("law")
    officer.page.get_by_label("Security").check()
    officer.page.get_by_label("Why this is needed here").fill("A court asked for it.")
    officer.press("Withhold this part")
    officer.check("Public page of Return to custody", kind="withheld")
    officer.follow("Tell again:")
    officer.check("Tell the public again")
    officer.go("/public/models/return-to-custody")
    officer.check("Return to custody", kind="public and withheld")
    assert "Withheld: telling it would make a system less safe." in officer.text()
