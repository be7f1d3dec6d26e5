"""Rules of files made from watches; pure, each refusal a sentence."""

from audit.watch_reports.values import OF_WATCH, Form
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import NotFound, Refused
from monitoring.watches.tables import WatchRun


def read_form(code: str) -> Form:
    """The form of a watch's file by its code; refused when there is none."""
    if code not in OF_WATCH:
        raise NotFound("No such file is made from a watch.")
    return Form(code)


def check_may_ask(actor: Actor) -> None:
    """Whoever may read watches may have their files made; the worker makes those of a quarter by itself."""
    if actor.account_id is not None:
        check_permission(actor, Permission.SEE_WATCHES)


def check_form(run: WatchRun, form: Form) -> None:
    """Refuse Evidently's report of a watch that read nobody: there would be nothing in it."""
    if form is Form.INTERACTIVE and not run.current_sha256:
        raise Refused("This watch read no batch, so Evidently has nothing to compare.", code="nothing_compared")


def check_same(run: WatchRun, reference: str, current: str) -> None:
    """Refuse another report than that of the watch: both sets of people must have the digests that it kept (R13).

    `reference` and `current` are the digests of the frames that were made again.
    """
    kept = run.result["reference"]["sha256"], run.result["current"]["sha256"]
    if (reference, current) != kept:
        which = "people scored" if reference == kept[0] else "reference data"
        sentence = f"The {which} can no longer be put together as this watch read them, so no report is made of them."
        raise Refused(sentence, code="frames_changed")
