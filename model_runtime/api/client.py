"""A small typed client of /api/v1 for systems that call. It needs nothing but Python and can be copied."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

LOOPBACK = ("127.0.0.1", "::1", "localhost")
JSON = "application/json"

T = TypeVar("T")


class Problem(Exception):
    """A call that was refused or failed: a stable `code`, a sentence in `detail`, what to do next, and the fields.

    `reference` is that of the record that was kept, such as a refusal, or none.
    """

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.code: str = body.get("code", f"http_{status}")
        self.title: str = body.get("title", "")
        self.detail: str = body.get("detail", "")
        self.what_next: list[str] = body.get("what_next", [])
        self.fields: list[dict[str, str]] = body.get("fields", [])
        self.reference: str | None = body.get("reference")
        super().__init__(f"{status} {self.code}: {self.detail}")


@dataclass(frozen=True)
class Check:
    """One check of the gate."""

    code: str
    title: str
    passes: bool
    sentence: str


@dataclass(frozen=True)
class Gate:
    """Whether a score would be given now, and every check in its order."""

    open: bool
    purpose: str
    model: str | None
    person_reference: str | None
    checks: list[Check]


@dataclass(frozen=True)
class Band:
    """A view somebody can have of a person before they see the score."""

    code: str
    name: str


@dataclass(frozen=True)
class Score:
    """An advisory score: `status` is shown, recorded_in_shadow or judgement_first, and `score` is there when shown.

    `own_views` are what the person can choose from where their own view comes first.
    """

    reference: str
    status: str
    sentence: str
    what_next: list[str]
    own_views: list[Band]
    score: dict[str, Any] | None


@dataclass(frozen=True)
class Judgement:
    """A judgement that was recorded."""

    score: str
    view: str
    at: str


@dataclass(frozen=True)
class Cohort:
    """How far a run over a population has come: `stage` is queued, running, finished, failed or withdrawn."""

    reference: str
    stage: str
    sentence: str
    purpose: str
    model: str
    as_of: str
    people: int
    done: int
    seconds_left: int | None
    scored: int
    not_scored: dict[str, int]
    problem: str
    problems: list[str]
    root: str | None


@dataclass(frozen=True)
class Refusal:
    """Something that was asked for and not given."""

    number: int
    reference: str
    at: str
    purpose: str
    person_reference: str | None
    code: str
    title: str
    sentence: str
    what_next: list[str]


@dataclass(frozen=True)
class Refusals:
    """A page of refusals; `before` asks for the next one, or there is none."""

    refusals: list[Refusal]
    before: int | None


@dataclass(frozen=True)
class Outcomes:
    """How many outcomes were recorded, matched a score as it stood, correct something or contradict it."""

    recorded: int
    matched: int
    corrections: int
    conflicts: int


@dataclass(frozen=True)
class Coverage:
    """How much is known of what happened to the people a model scored; the medians are of days, or none."""

    model: str
    outcome: str
    as_of: str
    scored: int
    scored_half_a_year_ago: int
    of_those_known: int
    conflicts: int
    late: int
    corrected: int
    median_days_to_outcome: float | None
    median_days_to_record: float | None


class Client:
    """Calls a service at `base_url` with a token, on behalf of the person whose sign-in name is `acting_for`.

    Every call that changes something is sent with an idempotency key, so it is safe to send it again after a fault of
    the network: hand in the same `key`. One client is for one thread. Refuses plain HTTP to another machine.
    """

    def __init__(self, base_url: str, token: str, acting_for: str, *, seconds: float = 60) -> None:
        parts = urlsplit(base_url)
        host = parts.hostname or ""
        if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
            raise ValueError("A token is sent over HTTPS only, or to this very machine.")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(host, parts.port, timeout=seconds)
        self._path = parts.path.rstrip("/") + "/api/v1"
        self._headers = {"Authorization": f"Bearer {token}", "Algocare-Acting-For": acting_for}

    def explain_gate(self, person_reference: str | None, purpose: str, model: str | None = None) -> Gate:
        """Which checks of the gate pass and which fail, without a person those about the use; nothing is scored."""
        asked = _without_none(person_reference=person_reference, purpose=purpose, model=model)
        found = self._send("POST", "/gate/explain", asked)
        return _read(Gate, {**found, "checks": [_read(Check, one) for one in found["checks"]]})

    def ask_score(
        self, person_reference: str, purpose: str, model: str | None = None, *, key: str | None = None
    ) -> Score:
        """An advisory score about one person. A refusal is a Problem with its code and reference."""
        asked = _without_none(person_reference=person_reference, purpose=purpose, model=model)
        return _read_score(self._send("POST", "/scores", asked, key=key or new_key()))

    def read_score(self, reference: str) -> Score:
        """A score again; that it was looked at is recorded."""
        return _read_score(self._send("GET", f"/scores/{quote(reference, safe='')}"))

    def say_first(self, reference: str, band: str, reason: str, *, key: str | None = None) -> Score:
        """Record what the person thinks before they see a score, one of its `own_views`, and get the score then."""
        address = f"/scores/{quote(reference, safe='')}/first-view"
        return _read_score(self._send("POST", address, {"band": band, "reason": reason}, key=key or new_key()))

    def judge(self, reference: str, view: str, reason: str, action: str = "", *, key: str | None = None) -> Judgement:
        """Record what the person makes of a score: agree, disagree or not_used."""
        asked = {"view": view, "reason": reason, "action": action}
        address = f"/scores/{quote(reference, safe='')}/judgement"
        return _read(Judgement, self._send("POST", address, asked, key=key or new_key()))

    def start_cohort(
        self,
        content: bytes,
        media_type: str,
        purpose: str,
        as_of: date,
        *,
        model: str | None = None,
        source: str | None = None,
        key: str | None = None,
    ) -> Cohort:
        """Start a run over a file of people: text/csv or application/vnd.apache.parquet."""
        asked = urlencode(_without_none(purpose=purpose, as_of=as_of.isoformat(), model=model, source=source))
        received = self._exchange("POST", f"/cohorts?{asked}", content, media_type, key=key or new_key())
        return _read(Cohort, json.loads(received))

    def follow_cohort(self, reference: str) -> Cohort:
        """How far a run has come."""
        return _read(Cohort, self._send("GET", f"/cohorts/{quote(reference, safe='')}"))

    def take_results(self, reference: str) -> bytes:
        """Every labelled result of a finished run as CSV, in the order of the file; taking them is recorded."""
        return self._exchange("GET", f"/cohorts/{quote(reference, safe='')}/results", b"", JSON)

    def list_refusals(self, *, before: int | None = None, limit: int = 100) -> Refusals:
        """A page of what the system asked for and was not given, the newest first."""
        asked = urlencode(_without_none(before=before, limit=limit))
        found = self._send("GET", f"/refusals?{asked}")
        return _read(Refusals, {**found, "refusals": [_read(Refusal, one) for one in found["refusals"]]})

    def record_people(
        self, source: str, as_of: date, people: Sequence[Mapping[str, Any]], *, key: str | None = None
    ) -> int:
        """Record facts about people, each with `reference`, `facts` and perhaps `born_on`; how many people it were."""
        asked = {"source": source, "as_of": as_of.isoformat(), "people": list(people)}
        return int(self._send("POST", "/people", asked, key=key or new_key())["people"])

    def record_outcomes(self, model: str, outcomes: Sequence[Mapping[str, Any]], *, key: str | None = None) -> Outcomes:
        """Record what really happened to people, each with `person`, `happened` and `observed_on`, perhaps `groups`,
        `correction` and `reason`; all of them or none. For the model's owner or deputy."""
        address = f"/models/{quote(model, safe='')}/outcomes"
        return _read(Outcomes, self._send("POST", address, {"outcomes": list(outcomes)}, key=key or new_key()))

    def summarise_outcomes(self, model: str) -> Coverage:
        """How much is known of what happened to the people a model scored."""
        return _read(Coverage, self._send("GET", f"/models/{quote(model, safe='')}/outcomes/summary"))

    def close(self) -> None:
        """Give back the connection."""
        self._connection.close()

    def _send(self, method: str, address: str, body: Mapping[str, Any] | None = None, **more: Any) -> Any:
        content = json.dumps(body, allow_nan=False).encode() if body is not None else b""
        return json.loads(self._exchange(method, address, content, JSON, **more))

    def _exchange(self, method: str, address: str, content: bytes, media_type: str, *, key: str | None = None) -> bytes:
        headers = dict(self._headers)
        if content:
            headers["Content-Type"] = media_type
        if key is not None:
            headers["Idempotency-Key"] = key
        try:
            status, kind, received = self._once(method, address, content, headers)
        except (HTTPException, ConnectionError):
            self._connection.close()  # the service closed an idle connection: reading and keyed calls can be repeated
            status, kind, received = self._once(method, address, content, headers)
        if status >= 400:
            raise Problem(status, json.loads(received) if "json" in kind else {})
        return received

    def _once(self, method: str, address: str, content: bytes, headers: Mapping[str, str]) -> tuple[int, str, bytes]:
        self._connection.request(method, self._path + address, content or None, dict(headers))
        answer = self._connection.getresponse()
        return answer.status, answer.getheader("Content-Type", ""), answer.read()


def new_key() -> str:
    """A key for one call."""
    return secrets.token_urlsafe(16)


def _without_none(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _read_score(found: Mapping[str, Any]) -> Score:
    return _read(Score, {**found, "own_views": [_read(Band, one) for one in found["own_views"]]})


def _read(kind: type[T], found: Mapping[str, Any]) -> T:
    """A dataclass from an answer; what a newer service says beyond it is left out."""
    names = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in found.items() if name in names})
