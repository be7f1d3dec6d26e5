"""Evidence with its kind and its days: it expires, is used again with where it came from, and is part of the digest."""

from datetime import date, timedelta

import pytest

from algocare.demo.law import enter_law
from assessments.questionnaire.queries import get_assessment, list_used_before
from assessments.questionnaire.rules import answers_digest
from assessments.questionnaire.service import attach, attach_again, remove_evidence, start, submit
from foundation.errors import Forbidden, Invalid
from foundation.paths import ROOT
from registry.declarations.reading import read_folder
from registry.declarations.service import register
from registry.declarations.values import read_declaration
from registry.models.queries import get_use

TODAY = date(2026, 11, 22)


def test_expired_evidence_counts_as_missing_and_its_days_are_part_of_the_digest(story, clock) -> None:
    number = story.answer()
    owner = story.cast.owner
    with story.database.write() as session:
        draft = get_assessment(session, number)
        bare = answers_digest(draft)
        for one in [one for one in draft.evidence if one.code == "LAW-2"]:
            remove_evidence(session, owner, draft, one, clock.now())
        told = {"text": "Weighed.", "kind": "dpia", "version": "1.2", "upload_mib": 1, "at": clock.now()}
        yesterday = TODAY - timedelta(days=1)
        with pytest.raises(Invalid) as backwards:
            attach(session, owner, draft, "LAW-2", "DPIA", effective_on=TODAY, expires_on=yesterday, **told)
        assert list(backwards.value.problems) == ["expires_on"]
        with pytest.raises(Invalid):
            attach(session, owner, draft, "LAW-2", "DPIA", **{**told, "kind": "gossip"})
        old = attach(session, owner, draft, "LAW-2", "DPIA", expires_on=yesterday, **told)
        with pytest.raises(Invalid) as expired:
            submit(session, owner, draft, clock.now())
        assert list(expired.value.problems) == ["LAW-2"]
        assert "not expired" in expired.value.problems["LAW-2"]
        first = answers_digest(draft)
        old.expires_on = TODAY
        assert len({bare, first, answers_digest(draft)}) == 3
        submit(session, owner, draft, clock.now())


def test_evidence_is_used_again_with_where_it_came_from_and_never_across_agencies(story, clock, engine) -> None:
    story.decide(story.submit(), "more_information")
    owner = story.cast.owner
    with story.database.write() as session:
        again = start(session, owner, get_use(session, story.use_id), clock.now())
        assert list_used_before(session, again, TODAY) == []
        for one in [one for one in again.evidence if one.code == "LAW-2"]:
            remove_evidence(session, owner, again, one, clock.now())
        (used, origin), *others = list_used_before(session, again, TODAY)
        assert (used.code, others) == ("LAW-2", [])
        assert origin == f"{again.use.version.title}, LAW-2"
        copied = attach_again(session, owner, again, "LAW-1", used, clock.now())
        assert (copied.title, copied.kind, copied.origin) == (used.title, "dpia", origin)
        enter_law(session, clock.now(), clock.now())
        data, files = read_folder(ROOT / "algocare/demo/point_scores/roni.yaml")
        declared = read_declaration(data, "roni.yaml")
        other = register(session, story.cast.other_owner, declared, files, engine, upload_mib=1, at=clock.now())
        elsewhere = start(session, story.cast.other_owner, other.uses[0], clock.now())
        assert list_used_before(session, elsewhere, TODAY) == []
        with pytest.raises(Forbidden, match="another agency"):
            attach_again(session, story.cast.other_owner, elsewhere, "LAW-1", used, clock.now())
