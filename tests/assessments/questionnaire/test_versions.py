"""A further version of a model begins from what was answered about the one before."""

from assessments.questionnaire.rules import answers_digest
from assessments.questionnaire.service import start
from foundation.database.connection import Database
from registry.declarations.reading import read_folder
from registry.declarations.service import register
from registry.declarations.values import read_declaration
from registry.models.queries import get_version


def test_version_two_begins_with_the_answers_about_version_one(
    registered: Database, cast, clock, engine, model_folder
) -> None:
    from algocare.demo.assessing import answer_all, read_answers

    owner = cast(registered).owner
    data, files = read_folder(model_folder / "model.yaml")
    with registered.write() as session:
        first = answer_all(
            session, owner, get_version(session, "return-to-custody", 1).uses[0], read_answers(), clock.now()
        )
        declaration = read_declaration(data, "model.yaml")
        second = register(session, owner, declaration, files, engine, upload_mib=20, at=clock.now())
        assert second.number == 2
        again = start(session, owner, second.uses[0], clock.now())
        assert answers_digest(again) == answers_digest(first)
        assert len(again.answers) == 32
        assert {answer.answered_by_id for answer in again.answers} == {owner.account_id}
