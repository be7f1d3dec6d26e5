"""Rules of runs over populations; each refusal has a code and a sentence. Pure: no query, no clock, no web."""

import re
from datetime import date
from typing import Protocol
from urllib.parse import urlsplit

from foundation.accounts.values import Actor, Permission
from foundation.errors import Forbidden, Invalid, NotFound, Refused
from foundation.web.texts import count_text, date_text
from model_runtime.gate.values import MEANWHILE, GateClosed
from model_runtime.scores.audience import InFirstView, check_audience, check_shown
from registry.models.values import PilotTerms
from registry.safeguards.values import Safeguards, Shows

KINDS = {".csv": "csv", ".parquet": "parquet"}
LOOPBACK = ("localhost", "127.0.0.1", "::1")
FIRST_WORD = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")


class Run(Protocol):
    """A run, as far as it matters who may see what of it."""

    stage: str
    shadow: bool


def kind_of(name: str) -> str:
    """What a file holds, by its ending; another than .csv or .parquet is refused."""
    kind = KINDS.get("." + name.lower().rpartition(".")[2])
    if kind is None:
        sentence = "Choose a file ending in .csv or .parquet"
        raise Invalid(f"{sentence}.", problems={"file": sentence}, code="cohort_invalid")
    return kind


def check_as_of(as_of: date, today: date) -> None:
    """Facts are about a day that has come."""
    if as_of > today:
        sentence = f"Facts cannot be as of {date_text(as_of)}: that day has not come yet."
        raise Invalid(sentence, problems={"as_of": sentence}, code="cohort_invalid")


def check_statement(statement: str) -> None:
    """One SELECT, perhaps with a WITH before it. The connection refuses to write besides; this is for clear words."""
    bare = QUOTED.sub("''", statement)
    if not FIRST_WORD.match(bare) or ";" in bare.rstrip().rstrip(";") or "--" in bare or "/*" in bare:
        raise Invalid("A query of people is one SELECT, without comments or further statements.", code="cohort_source")


def check_scheduler(address: str) -> None:
    """Parts of a run leave this machine encrypted or not at all: they are data about people."""
    parts = urlsplit(address)
    if parts.scheme not in ("tcp", "tls") or not parts.hostname:
        raise Invalid("Give the scheduler as tls://HOST:PORT, or tcp://127.0.0.1:PORT on this machine.")
    if parts.scheme == "tcp" and parts.hostname not in LOOPBACK:
        raise Invalid(
            "Data about people crosses a network only over TLS: give the scheduler as tls://HOST:PORT.",
            code="scheduler_open",
        )


def check_places(pilot: PilotTerms | None, taken: int, new: int) -> None:
    """A pilot is about a limited number of people: a run fits whole, for nobody chooses who is left out (R08)."""
    if pilot is not None and taken + new > pilot.people:
        raise GateClosed(
            f"There are no scores: the pilot is for at most {count_text(pilot.people, 'person', 'people')}. "
            f"{count_text(taken, 'person was', 'people were')} scored in it before, and this run would add {new:,}.",
            code="pilot_full",
            what_next=["Hand in fewer people, or ask the ethics committee what comes after the pilot.", MEANWHILE],
        )


def check_still_fresh(oldest_on: date | None, limit: date) -> None:
    """What was fresh when the run was asked for is fresh when it ends (R41)."""
    if oldest_on is not None and oldest_on < limit:
        raise GateClosed(
            f"There are no scores: facts as of {date_text(oldest_on)} became too old while the run waited.",
            code="stale_fact",
            what_next=["Hand in newer facts.", MEANWHILE],
        )


def check_sees(run_agency: str, actor: Actor) -> None:
    """An analyst sees the runs of their own agency; of any other not even the existence is said (R54)."""
    if actor.may(Permission.RUN_COHORT):
        check_own(run_agency, actor)


def check_own(run_agency: str, actor: Actor) -> None:
    """Of a run of another agency not even the existence is said."""
    if actor.agency is None or actor.agency != run_agency:
        raise NotFound("There is no run with this reference among those of your agency.")


def check_results(run: Run) -> None:
    """Results are there when the run is finished, all of them at once; in the shadow nobody sees them, ever (R08)."""
    if run.stage != "finished":
        raise Refused("This run has no results to see: they are there when it is finished.", code="cohort_unfinished")
    check_shown(run)


def check_takes(run: Run, run_agency: str, actor: Actor, asked: Safeguards) -> Shows:
    """Who runs cohorts for the agency takes their results out: reasons or the band, as the committee shows (R41)."""
    if not actor.may(Permission.RUN_COHORT):
        raise Forbidden("The results are for the agency's analysts. Oversight sees counts.")
    check_sees(run_agency, actor)
    check_results(run)
    return check_audience(asked, actor)


def check_reads(asked: Safeguards, actor: Actor, trained_until: date | None, today: date) -> Shows:
    """A practitioner reads one person's result as they would a score: trained, and as far as the committee shows it."""
    shows = check_audience(asked, actor)
    if asked.judge_first:
        raise InFirstView(
            "The ethics committee asks for your own view before a score of this model is shown.",
            what_next=["Ask for a score on the person's page: your view comes first there."],
        )
    if trained_until is None or today > trained_until:
        raise Refused(
            "A score of this model is shown to those who passed its training, and yours is not there or has lapsed.",
            code="not_trained",
            what_next=["Pass the training for this model, then come back."],
        )
    return shows
