"""Every error has a status, a code and a sentence."""

from inspect import isclass

import pytest

from foundation import errors
from foundation.errors import STATUS, AlgocareError, Conflict, Invalid, status_of

KINDS = [kind for kind in vars(errors).values() if isclass(kind) and issubclass(kind, AlgocareError)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_class_of_the_table_has_its_own_status(kind: type[AlgocareError]) -> None:
    assert kind in STATUS
    assert kind.code
    assert kind.title


def test_a_more_special_error_keeps_the_status_of_its_kind() -> None:
    class StillInvalid(Invalid):
        pass

    assert status_of(StillInvalid("x")) == 422
    assert status_of(Conflict("x")) == 409
    assert status_of(AlgocareError("x")) == 500


def test_an_error_keeps_its_sentence_code_and_problems() -> None:
    error = Invalid("Two things are wrong.", problems={"name": "empty"}, code="two_things")
    assert (str(error), error.sentence, error.code) == ("Two things are wrong.",) * 2 + ("two_things",)
    assert error.problems == {"name": "empty"}
    assert Invalid("x").problems == {}
    assert Invalid("x").code == "invalid"
