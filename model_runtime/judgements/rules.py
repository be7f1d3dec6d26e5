"""Rules of judgements."""

from foundation.errors import Invalid
from model_runtime.judgements.values import View

LONGEST = 4000


def check_judgement(view: str, reason: str, action: str) -> None:
    """One of the three views, with a reason; the problems are named at their fields."""
    problems: dict[str, str] = {}
    if view not in list(View):
        problems["view"] = "Say whether you agree, disagree or did not use it"
    if not reason.strip():
        problems["reason"] = "Say why"
    for name, text in (("reason", reason), ("action", action)):
        if len(text) > LONGEST:
            problems[name] = f"Write at most {LONGEST:,} characters"
        elif "\x00" in text:
            problems[name] = "This holds a character that cannot be stored"
    if problems:
        raise Invalid("The judgement was not recorded.", problems=problems)
