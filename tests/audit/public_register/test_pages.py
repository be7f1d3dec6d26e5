"""Public pages put together from rows that no database holds: stages, points, law, history, what is withheld."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from audit.public_register.files import as_csv, as_plain, flat
from audit.public_register.pages import Surroundings, change_texts, make_page
from audit.public_register.standing import standing_of
from audit.public_register.values import Counts, Departure, Field, PublicModel
from foundation.lifecycle.tables import StageChange
from registry.agencies.values import AgencyEntry
from registry.catalogue.values import Catalogue
from registry.gateways.values import GatewayEntry
from registry.items.values import ItemEntry
from registry.models.tables import Approval, Band, Feature, ModelVersion, RiskModel, Use
from tests.conftest import PILOT

TODAY = date(2026, 11, 22)
AT = datetime(2026, 10, 1, 12, tzinfo=UTC)
POINTS = {
    "rules": [
        {"feature": "absence", "at_least": 10, "points": 1, "reason": "Away 10 days", "only_highest": True},
        {"feature": "absence", "at_least": 20, "points": 2, "reason": "Away 20 days", "only_highest": True},
    ],
    "weights": {"moves": 0.5},
    "constant": 1,
}
CATALOGUE = Catalogue(
    "state",
    {"BCC": AgencyEntry(code="BCC", name="Bristol City Council", kind="council")},
    {},
    {
        1: GatewayEntry(
            number=1, original="", statute="School Act 1999", provision="Section 2", summary="s", kind="aim"
        ),
        2: GatewayEntry(
            number=2,
            original="",
            statute="Care Act 2001",
            provision="Section 3",
            section="3",
            summary="s",
            kind="power",
            verification="verified",
            verified_on="2026-01-02",
            verified_by="A lawyer",
            ended_on="2026-11-01",
        ),
    },
    {
        1: ItemEntry(id=1, group="School", name="Absence", sources=("BCC",), gateways=(1, 2)),
        2: ItemEntry(id=2, group="School", name="Moves", sources=("BCC",)),
    },
    {},
)


def a_model(
    stage: str = "registered",
    expires_on: date = date(2027, 3, 3),
    permission: str = "operational",
    **particulars: object,
) -> RiskModel:
    features = [
        Feature(name="absence", meaning="Days away", about="person", item_id=1, protected=None),
        Feature(name="moves", meaning="Moves of the family", about="relative", item_id=2, protected="race"),
    ]
    use = Use(id=7, version_id=3, code="help", edition=1, purpose="Offer of help", audience="Staff", agency_code="BCC")
    use.decision, use.human_involvement, use.notice, use.stage = (
        "Whom to ask",
        "They decide.",
        "A letter says so",
        stage,
    )
    use.excluded_decisions, use.particulars = ["Exclusion"], particulars
    if stage in ("approved", "suspended"):
        told = {"permission": permission, "terms": PILOT.to_dict() if permission == "pilot" else {}}
        use.approvals = [Approval(expires_on=expires_on, conditions=["Report back"], ended_at=None, **told)]
    version = ModelVersion(id=3, number=1, kind="point-score", threshold=3.0, registered_at=AT, features=features)
    version.declaration = {"version": {"points": POINTS, "limits": ["It is rough"], "cannot_know": ["Why"]}}
    version.bands = [Band(name="Low", start=1, end=3), Band(name="High", start=3, end=9)]
    version.uses = [use]
    model = RiskModel(id=5, slug="absence", name="Absence", held=True, summary="=Helps", purpose="Help", note="")
    model.population, model.outcome, model.known, model.expert = "Pupils", {"name": "left school"}, {}, {}
    model.agency_code, model.deputy_id, model.item_id, model.registered_at = "BCC", 4, None, AT
    model.versions = [version]
    return model


def elsewhere(**known: object) -> RiskModel:
    model = RiskModel(id=6, slug="far", name="Far", held=False, summary="Far away", purpose="", note="", population="")
    model.outcome, model.known, model.item_id, model.registered_at = {}, known, None, AT
    return model


def page_of(model: RiskModel, **given: object) -> PublicModel:
    return make_page(model, Surroundings(TODAY, CATALOGUE, {"BCC": "Bristol City Council"}, **given))


def told(page: PublicModel, field: Field) -> str:
    return next((flat(section) for section in page.sections if section.field == field), "")


@pytest.mark.parametrize(
    ("stage", "title"),
    [
        ("registered", "Never approved"),
        ("submitted", "Not approved yet"),
        ("returned", "Not approved yet"),
        ("approved", "Approved"),
        ("suspended", "Stopped for now"),
        ("rejected", "Refused"),
        ("retired", "Ended for good"),
        ("replaced", "Replaced"),
    ],
)
def test_every_stage_in_words_with_its_reason(stage: str, title: str) -> None:
    change = StageChange(step="suspend", source="approved", target=stage, at=AT, reason="It was too often wrong")
    page = page_of(a_model(stage), changes={7: [change]})
    assert page.standing.title == title
    assert (page.standing.sentence.startswith("It may be used until 3 March 2027")) is (stage == "approved")
    assert ("Report back." in told(page, Field.STANDING)) is (stage == "approved")
    ended = stage in ("returned", "suspended", "rejected", "retired", "replaced")
    assert ("The reason given: It was too often wrong." in told(page, Field.STANDING)) is ended
    assert "On 1 October 2026 it was stopped. The reason given: It was too often wrong." in told(page, Field.HISTORY)


@pytest.mark.parametrize(
    ("ends", "lost", "title"),
    [
        (TODAY, frozenset(), "Approved"),
        (date(2026, 11, 21), frozenset(), "Approval ran out"),
        (TODAY, frozenset({7}), "Stopped: the law"),
    ],
)
def test_an_approval_counts_only_while_it_carries_scores(ends: date, lost: frozenset[int], title: str) -> None:
    assert standing_of(a_model("approved", ends), TODAY, lost).title == title


@pytest.mark.parametrize(
    ("permission", "title", "words", "sees"),
    [
        ("operational", "Approved", "It may be used until 3 March 2027.", "Who sees it: Staff."),
        ("shadow", "Tested unseen", "They are shown to nobody.", "For now it is only tested, so nobody sees a score."),
        ("pilot", "In a pilot", "At most 400 people may be scored.", "only these teams see a score:\nAny team."),
    ],
)
def test_how_far_it_is_permitted_is_said_and_teams_can_be_withheld(
    permission: str, title: str, words: str, sees: str
) -> None:
    model = a_model("approved", permission=permission)
    page = page_of(model)
    assert page.standing.title == title
    assert words in page.standing.sentence
    assert sees in told(page, Field.AUDIENCE)
    assert ("It ends if: A complaint upheld." in told(page, Field.AUDIENCE)) is (permission == "pilot")
    hidden = page_of(model, withheld={5: {"audience": "operational_policing"}})
    assert not any("Any team" in flat(section) for section in hidden.sections)
    assert hidden.standing.sentence == page.standing.sentence


def test_a_decision_against_the_advice_is_told_with_its_reasons() -> None:
    page = page_of(a_model("rejected"), departures={7: [Departure(AT, "reject", "approve", "Help comes too late now")]})
    assert told(page, Field.STANDING).endswith(
        "On 1 October 2026 this went against what the committee had said. It told us to say no. The officer who has to "
        "decide chose to say yes. The reasons given: Help comes too late now."
    )


@pytest.mark.parametrize(
    ("known", "title", "words"),
    [
        ({}, "Named in papers only", "We know of it from papers."),
        ({"status": "in_use", "operator": "Durham"}, "Used by others", "Durham uses it. We do not."),
        ({"status": "paused", "operator": "Durham"}, "Paused by others", "Durham has stopped it for now."),
        ({"status": "retired", "operator": "D", "reason": "Too old"}, "No longer used", "The reason given: Too old."),
        ({"status": "refused", "operator": "D", "ended_on": "2021-02-03"}, "Refused", "It ended on 3 February 2021."),
        ({"status": "unknown", "operator": "D"}, "Not known", "We do not know if D still uses it."),
    ],
)
def test_models_of_others(known: dict, title: str, words: str) -> None:
    page = page_of(elsewhere(**known, source="A paper", checked_on="2026-11-01") if known else elsewhere())
    assert page.standing.title == title
    assert words in told(page, Field.STANDING)
    assert "We have not seen how well it works." in told(page, Field.FIGURES)
    assert "nothing to count" in told(page, Field.COUNTS)
    assert not page.challenged_here
    assert ("We last checked on 1 November 2026." in told(page, Field.HISTORY)) is bool(known)


def test_a_point_score_shows_its_points_and_says_what_nobody_measured() -> None:
    page = page_of(a_model())
    points = told(page, Field.POINTS)
    for line in ("Away 10 days; 1", "Away 20 days; 2", "Moves of the family; 0.5 for each", "Everybody starts with; 1"):
        assert line in points
    assert "From 3 on, a person is flagged." in points
    assert "only the highest counts: Days away." in points
    assert "Low: 1 or more, and less than 3." in points
    assert "High: 3 to 9." in points
    assert "Nobody has measured here how often it is right." in told(page, Field.FIGURES)
    assert "About people in their family:\nMoves of the family." in told(page, Field.INPUTS)
    assert told(page, Field.INPUTS).endswith("unfair use of these:\nMoves of the family.")


def test_law_as_read_and_whether_a_lawyer_checked_it() -> None:
    page = page_of(a_model(lawful_basis="Public task"))
    law = told(page, Field.LAW)
    assert "School Act 1999, section 2; It sets an aim. It lets nobody share data; No" in law
    assert "Care Act 2001, section 3; It lets data be shared. It no longer counts; Yes" in law
    assert "A lawyer has checked 1 of 2 laws on sharing." in law
    assert "For this data no law is named yet:\nSchool: Moves." in law
    assert "Public task; The ground for using the data at all; Not on record" in law
    assert "School: Absence; Bristol City Council; Not stated" in told(page, Field.DATA)


@pytest.mark.parametrize(
    ("particulars", "field", "words"),
    [
        ({"ages": {"minimum": 13, "maximum": 16}}, Field.AUDIENCE, "It is for people from 13 to 16."),
        ({"ages": {"minimum": 18}}, Field.AUDIENCE, "It is for people of 18 and over."),
        ({"decision_kind": "offer_support"}, Field.AUDIENCE, "In short: Offering somebody support they can decline."),
        ({"childrens_rights": "Article 12"}, Field.AUDIENCE, "The rights of children: Article 12."),
        ({"human": {"authority": "Any choice"}}, Field.DECIDING, "What they may do: Any choice."),
        ({}, Field.DECIDING, "They decide."),
        ({"told": {"channel": "A leaflet", "text": "All", "from": "2026-11-02"}}, Field.TOLD, "Yes, since 2 November"),
        (
            {"exemption": {"ground": "Danger", "approved_by": "Dora Hughes", "review_on": "2027-05-01"}},
            Field.TOLD,
            "No. Why not: Danger. We look at this again by 1 May 2027.",
        ),
        ({}, Field.TOLD, "A letter says so."),
        ({}, Field.OWNER, "The model owner at Bristol City Council."),
    ],
)
def test_uses_in_words(particulars: dict, field: Field, words: str) -> None:
    assert words in told(page_of(a_model(**particulars)), field)


def test_what_a_supplier_keeps_is_said() -> None:
    model = a_model()
    model.versions[0].kind = "supplied"
    model.versions[0].declaration = {"version": {"supplier": {"name": "A firm"}, "inputs_not_disclosed": "The rest"}}
    page = page_of(model)
    assert "The maker does not tell us all that it looks at: The rest." in told(page, Field.INPUTS)
    assert told(page, Field.POINTS) == ""


def test_withheld_parts_give_way_to_their_reason_in_every_form() -> None:
    withheld = {5: {"purpose": "operational_policing", "law": "security", "standing": "security"}}
    page = page_of(a_model(), withheld=withheld, counts={5: Counts(people=12, scores=12, flagged=2)})
    assert [section.field for section in page.withheld] == [Field.PURPOSE, Field.LAW]
    assert page.summary == ""
    assert told(page, Field.LAW) == "Withheld: telling it would make a system less safe."
    assert "Never approved" in told(page, Field.STANDING)
    written = as_csv([page])
    assert "School Act" not in written
    assert "Withheld: telling it would help somebody to get round the police." in written
    plain = as_plain([page], "Here")["models"][0]
    assert next(one for one in plain["sections"] if one["code"] == "law") == {
        "code": "law",
        "question": "Which law is it said to rest on?",
        "withheld": "Withheld: telling it would make a system less safe.",
        "text": [],
        "table": None,
    }
    assert "People scored; 12;" in told(page, Field.COUNTS)
    assert "Flags; fewer than 10;" in told(page, Field.COUNTS)


def test_no_cell_of_the_sheet_runs_as_a_formula() -> None:
    model = a_model()
    model.name = "=HYPERLINK(1)"
    assert "\r\n'=HYPERLINK(1)," in as_csv([page_of(model)])


def test_every_text_of_a_page_can_be_changed() -> None:
    """What leaves names out reaches every text, so nothing slips past it."""
    page = change_texts(page_of(a_model("approved"), changes={}), lambda _: "x")
    texts = [page.summary, page.standing.sentence, *(flat(section) for section in page.sections)]
    assert set("".join(texts)) <= {"x", "\n", ";", " "}


def test_another_approved_version_is_told_of_too() -> None:
    model = a_model("approved")
    newer = a_model("registered").versions[0]
    newer.id, newer.number, newer.uses[0].id, newer.uses[0].version_id = 4, 2, 8, 4
    newer.uses[0].purpose = "Something new"
    model.versions = [newer, *model.versions]
    page = page_of(model)
    assert page.standing.title == "Approved"
    assert "Something new" not in told(page, Field.AUDIENCE)
    assert "On 1 October 2026 version 2 was put on this list." in told(page, Field.HISTORY)


def test_figures_are_natural_frequencies_with_their_range() -> None:
    counts = {"group": "", "value": "", "people": 100, "tp": 20, "fp": 20, "fn": 10, "tn": 50}
    few = {"group": "Age", "value": "Under 25", "people": 9, "tp": 3, "fp": 2, "fn": 2, "tn": 2}
    figures = {"outcome": "y", "threshold": 3.0, "people": 100, "overall": counts, "by_group": [few], "bands": []}
    figures |= {"auc": 0.7, "auc_low": 0.6, "auc_high": 0.8, "brier": 0.2, "mcc": 0.3, "baseline": None, "gaps": []}
    figures |= {"not_assessed": [], "data_sha256": "", "rows": 100}
    page = page_of(a_model(), evaluations={3: [SimpleNamespace(figures=figures, computed_at=AT)]})
    shown = told(page, Field.FIGURES)
    assert "Of 100 people it flags, about 50 (35 to 65) are later recorded as left school." in shown
    assert "So about 50 of each 100 flags are wrong." in shown
    assert "So it misses about 33 of each 100." in shown
    assert "Age: Under 25; too few people to say; too few people to say" in shown
    assert "it was checked on past records of 100 people" in told(page, Field.HISTORY)
