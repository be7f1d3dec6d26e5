"""How often a model is right, and how much it is used: figures and counts that point at nobody. Pure (R27, R43)."""

from audit.public_register.rules import counted
from audit.public_register.values import Block, Counts, Field, Section, Table
from foundation.web.texts import count_text
from registry.evaluations.values import Figures, Measures, Proportion
from registry.models.tables import ModelVersion, RiskModel


def tell_figures(model: RiskModel, version: ModelVersion | None, figures: Figures | None) -> Section:
    """Figures as natural frequencies with their intervals, beside the base rate, and by group (R27, R15)."""
    if version is None:
        words = "We have not seen how well it works. So we say nothing about it."
        return Section(Field.FIGURES, (Block(words),))
    if figures is None:
        words = "Nobody has measured here how often it is right. Nobody should trust it as if it were."
        return Section(Field.FIGURES, (Block(words),))
    return Section(Field.FIGURES, tuple(_blocks(figures, version)), _by_group(figures))


def _blocks(figures: Figures, version: ModelVersion) -> list[Block]:
    name, overall = version.outcome_name, figures.overall
    wrong = _rest(overall.precision, "So about {} of each 100 flags are wrong.")
    missed = _rest(overall.recall, "So it misses about {} of each 100.")
    bands = tuple(figures.band_sentence(band.code, name) for band in figures.bands)
    checked = f"It was checked on the past records of {count_text(figures.people, 'person', 'people')}."
    flagged = f"{figures.flagged_sentence(name)} {wrong}".strip()
    found = f"{figures.found_sentence(name)} {missed}".strip()
    return [
        Block(f"{checked} The range in brackets shows how far chance alone may move a number."),
        Block("", (flagged, found)),
        Block("", (figures.base_sentence(name),)),
        Block("Staff do not see a number. They see one of these groups:", bands),
    ]


def _rest(share: Proportion, words: str) -> str:
    if not share.assessed or share.out_of_100 is None:
        return ""
    return words.format(100 - share.out_of_100)


def _by_group(figures: Figures) -> Table | None:
    rows = [
        (f"{one.group}: {one.value}", _share(one, one.precision), _share(one, one.recall)) for one in figures.by_group
    ]
    if not rows:
        return None
    columns = ("Group", "Of 100 it flags, how many are right", "Of 100 it should flag, how many it finds")
    return Table("Is it as good for each group?", columns, tuple(rows))


def _share(group: Measures, share: Proportion) -> str:
    return f"about {share.frequency}" if group.assessed and share.assessed else "too few people to say"


def tell_counts(model: RiskModel, counts: Counts) -> Section:
    """How much it is used, each count with what it means; small ones are not told (R43)."""
    if not model.held:
        return Section(Field.COUNTS, (Block("It gives no scores here. So there is nothing to count."),))
    words = "Counts under 10 are not told, so that nobody can be picked out."
    columns = ("What", "How many", "What we count")
    return Section(Field.COUNTS, (Block(words),), Table("How much it is used", columns, _rows(counts)))


def _rows(c: Counts) -> tuple[tuple[str, str, str], ...]:
    return (
        ("People scored", counted(c.people), "Each person once, also where nobody saw the score."),
        ("Families", "not recorded", "We do not keep who is in which family."),
        (
            "Results for whole groups",
            counted(c.in_runs),
            "Each person each time a whole group was looked at in one go.",
        ),
        ("Scores", counted(c.scores), "Each score that was given for staff to see."),
        ("Scores shown to nobody", counted(c.unseen), "Each score that we kept only to test the model."),
        ("Flags", counted(c.flagged, c.scores), "Of the scores for staff, those that are high enough to be a flag."),
        ("Times shown", counted(c.shown), "Each time a score was opened, or its file was taken."),
        ("Given to other systems", counted(c.handed_on), "Each score that another system of ours asked for."),
        ("Whole files taken out", counted(c.taken_out), "Each time somebody took out the results of a whole group."),
        ("Staff who saw one", counted(c.viewers), "Each of them once."),
        ("Views by staff", counted(c.judged), "Times staff wrote down what they think of a score."),
        ("Staff went against it", counted(c.disagreed, c.judged), "Of these, times they did not agree."),
        ("Refused", counted(c.refused), "Times a score was asked for and our rules said no."),
        ("Challenges", counted(c.challenges), "Times somebody told us that it is wrong."),
        (
            "Challenges that were right",
            counted(c.upheld, c.challenges),
            "Of these, those we agreed with, even in part.",
        ),
    )
