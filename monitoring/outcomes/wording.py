"""What is known of outcomes, in sentences."""

from monitoring.outcomes.coverage import Coverage, Timing
from monitoring.outcomes.values import LATE_AFTER_DAYS, Recorded


def tell_coverage(coverage: Coverage) -> str:
    """What a page says first: of how many people scored half a year ago or longer it is known what happened."""
    if not coverage.scored:
        return "Nobody has been scored yet, so there is nothing to know."
    if not coverage.long_ago:
        return (
            f"Nobody was scored more than 6 months ago: of {_people(coverage.scored)} scored so far it is too early to "
            "expect what happened."
        )
    share = f"{coverage.long_ago_known:,} ({100 * (coverage.share or 0):.0f}%)"
    return f"Of {_people(coverage.long_ago)} scored more than 6 months ago, what happened is known for {share}."


def tell_timing(timing: Timing) -> list[str]:
    """How long outcomes took, how many came late and how many were corrected; of none, that none is known."""
    if not timing.people:
        return ["No outcome counts yet, so no watch can say how well the model does."]
    said = [f"An outcome counts for {_people(timing.people)}."]
    if timing.score_to_observed is not None:
        said.append(f"It was observed {_days(timing.score_to_observed)} after the score (median).")
    if timing.observed_to_recorded is not None:
        said.append(f"It was recorded here {_days(timing.observed_to_recorded)} after that (median).")
    late = f"{timing.late:,}" if timing.late else "None"
    said.append(f"{late} came late: more than {LATE_AFTER_DAYS} days after the day observed.")
    said.append(_corrected(timing.corrected))
    return said


def tell_recorded(recorded: Recorded) -> str:
    """What came of one file."""
    said = [f"The outcomes of {_people(recorded.rows)} were recorded."]
    said.append(f"{recorded.matched:,} of them match a score that stood on the day.")
    if recorded.corrections:
        said.append(f"{recorded.corrections:,} correct what was on record.")
    if recorded.conflicts:
        said.append(
            f"{recorded.conflicts:,} contradict what was on record for the same day: "
            "neither answer counts until you say which is right."
        )
    return " ".join(said)


def _corrected(number: int) -> str:
    if not number:
        return "None replaces an earlier record."
    return f"{number:,} {'replaces' if number == 1 else 'replace'} an earlier record, which stays too."


def _people(number: int) -> str:
    return f"{number:,} {'person' if number == 1 else 'people'}"


def _days(days: float) -> str:
    return f"{days:g} {'day' if days == 1 else 'days'}"
