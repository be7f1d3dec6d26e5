"""What is wired into every page: the policy, the navigation, the sentences of errors."""

import pytest

from foundation.accounts.values import Permission
from foundation.database.connection import Database
from foundation.tasks import Task
from foundation.web.faults import HTTP_SENTENCES
from foundation.web.protection import HEADERS, POLICY
from foundation.web.templating import NAVIGATION


def test_the_policy_allows_nothing_unsafe() -> None:
    assert "unsafe" not in POLICY
    for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in POLICY
    assert int(HEADERS["Strict-Transport-Security"].split("=")[1].split(";")[0]) >= 31_536_000


def test_every_entry_of_the_navigation_leads_somewhere_its_reader_may_go(founded: Database, make_app) -> None:
    app = make_app(founded)
    for text, endpoint, prefix, permission in NAVIGATION:
        assert endpoint.startswith(prefix), text
        assert app.view_functions[endpoint].permission == permission, text


@pytest.mark.parametrize("code", [400, 404, 405, 413])
def test_errors_of_the_protocol_have_a_sentence(code: int) -> None:
    assert HTTP_SENTENCES[code].endswith(".")


def test_a_task_says_what_waits() -> None:
    task = Task("Vote on Return to custody", "committee.show_item", {"item_id": 1})
    assert (task.tag, task.since) == ("To do", None)
    assert task.arguments["item_id"] == 1
    assert Permission.SEE_HOME == "see_home"
