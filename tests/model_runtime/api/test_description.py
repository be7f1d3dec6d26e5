"""The description of the API: valid OpenAPI 3.1, and Schemathesis finds no fault from it (R01)."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from foundation.service_accounts.values import Scope
from foundation.web.callers import ACTING_FOR
from model_runtime.api.documents import describe
from tests.model_runtime.api.conftest import PURPOSE, a_token

pytestmark = pytest.mark.one_database

EXAMPLES = 10
ACTING = {"cohort": "nisha.analyst", "outcomes": "olivia.owner"}
AUTHORIZATION = "Authorization"
CONFIG = {"checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", 401, 403, 404, 409, 422]}}}
"""What is as described can still be refused: a day to come, a source that is not the agency's, a fact out of range."""

QUIET = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_the_description_is_valid_and_whole(shared_app, visit, founded) -> None:
    """R01: OpenAPI 3.1, one operation for every call, each with its problems and its token."""
    told = visit(founded).get("/api/v1/openapi.json").json
    OpenAPIV31SpecValidator(told).validate()
    assert told == describe("/api/v1")
    described = {
        (method.upper(), "/api/v1" + address) for address, methods in told["paths"].items() for method in methods
    }
    built = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in shared_app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert described == built
    scopes = {scope for scope in Scope if f"scope {scope}:" in str(told)}
    assert scopes == set(Scope)


def attempts(operation, mode: GenerationMode, shown: dict[str, str]) -> Callable[[], None]:
    """A function that tries an operation with what its description allows, or does not allow."""

    @QUIET
    @given(case=operation.as_strategy(generation_mode=mode))
    def attempt(case) -> None:
        named = (case.headers or {}).get(ACTING_FOR)
        as_described = isinstance(named, str) and 1 <= len(named) <= 80  # one that is not is left as it was tried
        case.call_and_validate(headers=shown if as_described else {AUTHORIZATION: shown[AUTHORIZATION]})

    return attempt


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_nothing_tried_from_the_description_finds_a_fault(
    approved: SimpleNamespace, cast, make_app, mode: GenerationMode
) -> None:
    """R01: no 500, no undocumented answer, no answer that is not as described, nothing without a token."""
    app, token = make_app(approved.database), a_token(approved.database, cast, approved.clock, purposes=[PURPOSE, "0"])
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=SchemathesisConfig.from_dict(CONFIG))
    faults = []
    for found in schema.get_all_operations():
        operation = found.ok()
        acting_for = next((name for word, name in ACTING.items() if word in operation.path), "pat.practitioner")
        shown = {AUTHORIZATION: f"Bearer {token}", ACTING_FOR: acting_for}
        try:
            attempts(operation, mode, shown)()
        except BaseExceptionGroup as group:
            faults += [f"{operation.label}: {fault}" for fault in group.exceptions]
    assert faults == []
