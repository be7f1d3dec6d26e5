"""One model's public page, put together, with what is withheld taken out and names left out. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from audit.public_register.describing import (
    tell_audience,
    tell_challenge,
    tell_deciding,
    tell_inputs,
    tell_limits,
    tell_owner,
    tell_points,
    tell_purpose,
    tell_told,
)
from audit.public_register.history import tell_history
from audit.public_register.measuring import tell_counts, tell_figures
from audit.public_register.sources import items_of, tell_data, tell_law
from audit.public_register.standing import leading_use, said, shown_uses, standing_of, standing_section
from audit.public_register.values import (
    NEVER_WITHHELD,
    REASONS,
    Block,
    Counts,
    Departure,
    Field,
    PublicModel,
    Reason,
    Section,
    Standing,
    Table,
)
from foundation.lifecycle.tables import StageChange
from registry.catalogue.values import Catalogue
from registry.evaluations.tables import Evaluation
from registry.evaluations.values import Figures
from registry.models.tables import RiskModel


@dataclass(frozen=True)
class Surroundings:
    """What pages are made from beside the models' own rows.

    `agencies`: names by code; `evaluations`, oldest first, by version; `changes`, oldest first, by use; `counts` by
    model; `withheld`: reasons by field, by model; `lost`: the approved uses whose law no longer holds;
    `departures`: decisions against the committee's advice, by use.
    """

    day: date
    catalogue: Catalogue
    agencies: Mapping[str, str] = field(default_factory=dict)
    evaluations: Mapping[int, Sequence[Evaluation]] = field(default_factory=dict)
    changes: Mapping[int, Sequence[StageChange]] = field(default_factory=dict)
    counts: Mapping[int, Counts] = field(default_factory=dict)
    withheld: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    lost: frozenset[int] = frozenset()
    departures: Mapping[int, Sequence[Departure]] = field(default_factory=dict)


def make_page(model: RiskModel, given: Surroundings) -> PublicModel:
    """The page of a model of any kind: held here, elsewhere, or only named in papers."""
    standing = standing_of(model, given.day, given.lost)
    hidden = given.withheld.get(model.id, {})
    sections = tuple(_withheld(section, hidden) for section in _sections(model, standing, given) if not section.empty)
    summary = "" if Field.PURPOSE in hidden else said(model.summary)
    return PublicModel(model.slug, model.name, summary, standing, sections, challenged_here=model.held)


def _sections(model: RiskModel, standing: Standing, given: Surroundings) -> tuple[Section, ...]:
    leading, uses = leading_use(model), shown_uses(model)
    version = leading.version if leading is not None else None
    done = list(given.evaluations.get(version.id, ())) if version is not None else []
    figures = Figures.from_dict(done[-1].figures) if done else None
    items = items_of(model, version, given.catalogue)
    ours = (tell_audience(uses), tell_deciding(uses), tell_told(uses)) if model.held else ()
    sections = (
        standing_section(model, standing, given.changes, given.day, given.lost, given.departures),
        tell_purpose(model),
        tell_inputs(model, version),
        tell_points(version),
        *ours,
        tell_figures(model, version, figures),
        tell_limits(version),
        tell_data(items, given.catalogue),
        tell_law(items, uses, given.catalogue, given.day),
        tell_owner(model, uses, given.agencies),
        tell_challenge(model, challenged_here=model.held),
        tell_counts(model, given.counts.get(model.id, Counts())),
        tell_history(model, given.changes, given.evaluations),
    )
    order = list(Field)
    return tuple(sorted(sections, key=lambda section: order.index(section.field)))


def _withheld(section: Section, hidden: Mapping[str, str]) -> Section:
    if section.field not in hidden or section.field in NEVER_WITHHELD:
        return section
    return Section(section.field, withheld=f"Withheld: {REASONS[Reason(hidden[section.field])]}.")


def texts_of(page: PublicModel) -> Iterable[str]:
    """Every text of a page, for finding what must not stand in it."""
    found: list[str] = []

    def keep(text: str) -> str:
        found.append(text)
        return text

    change_texts(page, keep)
    return found


def change_texts(page: PublicModel, change: Callable[[str], str]) -> PublicModel:
    """The page with every text changed in the same way; its address, its name and what is withheld stay."""
    standing = replace(page.standing, sentence=change(page.standing.sentence))
    sections = tuple(_change_section(section, change) for section in page.sections)
    return replace(page, summary=change(page.summary), standing=standing, sections=sections)


def _change_section(section: Section, change: Callable[[str], str]) -> Section:
    blocks = tuple(
        Block(change(block.text), tuple(change(point) for point in block.points), block.cited)
        for block in section.blocks
    )
    table = section.table
    rows = tuple(tuple(change(cell) for cell in row) for row in table.rows) if table else ()
    return replace(section, blocks=blocks, table=replace(table, rows=rows) if isinstance(table, Table) else None)
