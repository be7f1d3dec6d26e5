"""Reading scores, refusals and viewings."""

from datetime import timedelta

import pytest

from model_runtime.scores.queries import (
    count_refusals_by_code,
    count_scores,
    count_viewings,
    get_refusal,
    get_score,
    list_scores_of_use,
)
from model_runtime.scores.service import record_viewing
from model_runtime.scores.tables import Viewing
from registry.models.queries import get_use
from tests.model_runtime.conftest import NOON, count, ledger


def test_a_viewing_is_a_row_and_a_ledger_entry(approved, ask):
    score = ask()
    with approved.database.write() as session:
        record_viewing(session, session.merge(score), approved.cast.practitioner, NOON)
    assert count(approved, Viewing) == 1
    (entry,) = ledger(approved.database, "score_viewed")
    assert entry["facts"] == {"score": score.reference}


def test_another_agency_finds_neither_score_nor_refusal(approved, ask):
    score, refusal = ask(), ask(purpose="Recall", use_id=None)
    with approved.database.read() as session:
        for reference in (score.reference, "S-0000-0000", "\x00", "ü"):
            with pytest.raises(Exception, match="no score with this reference"):
                get_score(session, approved.cast.stranger, reference)
        with pytest.raises(Exception, match="no refusal with this reference"):
            get_refusal(session, approved.cast.stranger, refusal.reference)


def test_counts_and_lists_of_a_model(approved, ask):
    first = ask(key="1")
    approved.clock.advance(hours=1)
    second = ask(key="2")
    ask(person="RC-0002")
    ask(person="RC-9999")
    with approved.database.write() as session:
        model_id = get_use(session, approved.use_id).version.model_id
        record_viewing(session, session.merge(first), approved.cast.practitioner, NOON)
        assert count_scores(session, model_id) == 2
        assert count_refusals_by_code(session, model_id) == {"other_agency": 1, "not_found": 1}
        assert count_viewings(session, model_id) == 1
        assert [s.reference for s in list_scores_of_use(session, approved.use_id)] == [
            first.reference,
            second.reference,
        ]
        later = NOON + timedelta(hours=1)
        assert [s.reference for s in list_scores_of_use(session, approved.use_id, start=later)] == [second.reference]
        assert [s.reference for s in list_scores_of_use(session, approved.use_id, end=later)] == [first.reference]
        assert list_scores_of_use(session, 999) == []
