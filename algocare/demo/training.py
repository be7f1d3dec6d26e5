"""What the demonstration's committee asks of readers, practitioners who learn when it is wrong, and a concern."""

from collections.abc import Sequence

from algocare.demo.stages import actor_called
from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.errors import NotFound
from model_runtime.challenges.queries import find_scores
from model_runtime.concerns.service import raise_concern
from model_runtime.training.queries import find_module
from model_runtime.training.service import answer_training
from model_runtime.training.tables import TrainingAttempt
from model_runtime.training.values import Module
from registry.models.queries import get_use
from registry.safeguards.service import set_safeguards
from registry.safeguards.values import Safeguards

TRAINING_DAYS = 35
ASKED = "Members want practitioners of the pilot to read again, before its end, about whom the model is wrong."
CONCERN = "The months in prison count time on remand, which this person served for something they were cleared of."


def ask_of_readers(database: Database, clock: Clock, use_id: int) -> None:
    """The chair records that training lasts five weeks: the pilot is short, and so is what people remember."""
    with database.write() as session:
        chair, use = actor_called(session, "cara.chair"), get_use(session, use_id)
        set_safeguards(session, chair, use, Safeguards(training_days=TRAINING_DAYS), ASKED, clock.now())


def learn(database: Database, clock: Clock, sign_in_name: str, version_id: int, *, wrong: int = 0) -> TrainingAttempt:
    """Answer every question of a version's module as one of the cast, all but the first `wrong` rightly (R39)."""
    with database.write() as session:
        actor, row = actor_called(session, sign_in_name), find_module(session, version_id)
        if row is None:
            raise NotFound("There is no training for this version yet.")
        questions = Module.from_dict(row.content).questions
        answers = {one.code: (one.right + (place < wrong)) % len(one.options) for place, one in enumerate(questions)}
        return answer_training(session, actor, row, answers, clock.now())


def voice_concern(database: Database, clock: Clock, people: Sequence[str]) -> None:
    """The practitioner raises a concern about the score of the third person; it waits for the owner."""
    with database.write() as session:
        pat, score = actor_called(session, "pat.practitioner"), find_scores(session, people[2])[0]
        raise_concern(session, pat, score, kind="wrong_data", text=CONCERN, at=clock.now())
