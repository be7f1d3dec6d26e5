"""What recurs and when, declared once: the worker queues it, pages say when it ran and when it runs next."""

from datetime import timedelta

from foundation.jobs.schedules import Every, Schedule, Unit
from foundation.settings import Settings


def list_schedules(settings: Settings) -> tuple[Schedule, ...]:
    """Every schedule, those of one hour in the order in which their work is queued: the law before the watches.

    What a worker did not begin within the grace of a schedule is not made up: it is a hole that the page shows (R12).
    """
    night = Every(Unit.NIGHTLY, hour=settings.nightly_hour)
    return (
        Schedule("law", "Uses whose legal ground fell away or is about to", night),
        Schedule("conditions", "Conditions of decisions that are due", night),
        Schedule("practices", "Whether anybody really decides", night),
        Schedule("missing", "Training and explanations that are not made yet", night),
        Schedule("watches", "Watches of the uses that are due", night),
        Schedule("cases", "Cases whose next step is late", night),
        Schedule(
            "quarter",
            "The report over all models of the quarter that ended",
            Every(Unit.QUARTERLY, hour=settings.nightly_hour),
            timedelta(days=28),
        ),
        Schedule(
            "reconcile",
            "Files of other systems against the register",
            Every(Unit.WEEKLY, hour=settings.nightly_hour, weekday=6),
            timedelta(days=2),
        ),
        Schedule("morning", "Telling everybody what the night found", night),
        Schedule("tell", "Telling everybody what waits for them", Every(Unit.HOURLY, minute=30), timedelta(minutes=30)),
        Schedule("tidy", "Forgetting what ran as it should two years ago", night),
    )
