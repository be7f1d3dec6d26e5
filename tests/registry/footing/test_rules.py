"""The legal engine, rule by rule, on a register small enough to read."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from foundation.errors import Refused
from registry.agencies.values import AgencyEntry, AgencyKind
from registry.agreements.values import AgreementEntry
from registry.catalogue.values import Catalogue
from registry.footing.grounds import every_item, find_lost, grounds_of
from registry.footing.routes import make_route
from registry.footing.rules import answer_item, check_footing, find_audience_findings, find_use_findings
from registry.footing.values import Answer, Asking, Finding, ItemAnswer, RouteState, Severity, Signed
from registry.gateways.values import GatewayEntry
from registry.items.values import ItemEntry

DAY = date(2026, 11, 22)
COUNCIL = AgencyEntry(code="BCC", name="The council", kind=AgencyKind.COUNCIL)
POLICE = AgencyEntry(code="ASC", name="The police", kind=AgencyKind.POLICE, competent_authority=True)
BENEFITS = AgencyEntry(code="DWP", name="The department", kind=AgencyKind.CENTRAL_GOVERNMENT)
ASKING = Asking(agency=COUNCIL, purposes=("safeguarding_children",), special_condition="Schedule 1, paragraph 18")


def law(number: int = 4, **fields: Any) -> GatewayEntry:
    """A verified power that is open to anybody, about anybody, for any purpose, until a test says otherwise."""
    told: dict[str, Any] = {
        "number": number,
        "original": "",
        "statute": "Some Act 1998",
        "provision": "Section 115",
        "section": "115",
        "summary": "Disclosure",
        "kind": "power",
        "verification": "verified",
        "verified_on": DAY,
        "verified_by": "Leo Marchetti",
    }
    return GatewayEntry.model_validate(told | fields)


def thing(**fields: Any) -> ItemEntry:
    told: dict[str, Any] = {"id": 1, "group": "Crime", "name": "Offence", "sources": ("ASC",), "gateways": (4,)}
    return ItemEntry.model_validate(told | {"sensitivity": "ordinary", "retention": "Six years"} | fields)


AGREEMENT = AgreementEntry(
    code="families",
    title="Families agreement",
    parties=("BCC", "ASC", "DWP"),
    items=(1, 2, 3),
    starts_on=date(2026, 1, 1),
    ends_on=date(2026, 12, 31),
)


def register(
    *items: ItemEntry, laws: tuple[GatewayEntry, ...] = (), agreement: AgreementEntry = AGREEMENT
) -> Catalogue:
    return Catalogue(
        state="a",
        agencies={one.code: one for one in (COUNCIL, POLICE, BENEFITS)},
        systems={},
        gateways={one.number: one for one in laws or (law(),)},
        items={one.id: one for one in items},
        agreements={agreement.code: agreement},
    )


def found(answer: ItemAnswer) -> dict[str, Severity]:
    return {finding.rule: finding.severity for finding in answer.findings}


def test_a_verified_power_under_an_agreement_carries_an_item() -> None:
    answer = answer_item(register(thing()), thing(), DAY, ASKING)
    assert found(answer) == {}
    assert [route.state for route in answer.routes] == [RouteState.STANDS]


@pytest.mark.parametrize(
    ("fields", "item", "rule", "severity"),
    [
        ({"kind": "aim"}, {}, "aim_only", "block"),
        ({"kind": "duty"}, {}, "duty_only", "sign_off"),
        ({"verification": "unverified"}, {}, "unverified", "sign_off"),
        ({"verification": "in_doubt"}, {}, "section_in_doubt", "sign_off"),
        ({"section": "", "verification": "unverified"}, {}, "vague_section", "block"),
        ({"who_may_rely": ("council",)}, {}, "not_open_to_body", "block"),
        ({"covers": ("offenders",)}, {"subjects": ("victims",)}, "outside_subjects", "block"),
        ({"covers": ("offenders",)}, {"subjects": ("anybody",)}, "partly_covers", "sign_off"),
        ({"covers": ("children",)}, {"subjects": ("adults",)}, "outside_subjects", "block"),
        ({"covers": ("adults", "carers")}, {"subjects": ("pupils",)}, "outside_subjects", "block"),
        ({"excludes": ("health",)}, {"matter": "health"}, "excluded_matter", "block"),
        ({"purposes": ("social_security",)}, {}, "other_purpose", "block"),
        ({"in_force_to": date(2026, 11, 22)}, {}, "not_in_force", "block"),
        ({"in_force_from": date(2026, 11, 23)}, {}, "not_in_force", "block"),
        ({"ended_on": date(2026, 11, 22), "ended_reason": "Repealed"}, {}, "gateway_ended", "block"),
        ({"superseded_by": 9}, {}, "superseded", "sign_off"),
        ({"check_again_on": date(2026, 11, 1)}, {}, "check_overdue", "note"),
    ],
)
def test_what_speaks_against_a_citation(fields: dict[str, Any], item: dict[str, Any], rule: str, severity: str) -> None:
    """R17, R18: each rule on its own, with the section named so that a lawyer can look it up."""
    route = make_route(thing(**item), POLICE, law(**fields), DAY, ASKING)
    assert {(one.rule, one.severity.value) for one in route.obstacles} >= {(rule, severity)}
    assert all("Some Act 1998" in one.sentence or "Some Act" in one.sentence for one in route.obstacles)
    assert route.state == {"block": RouteState.NO, "sign_off": RouteState.SIGN_OFF, "note": RouteState.STANDS}[severity]


@pytest.mark.parametrize(
    ("fields", "subjects"),
    [
        ({"covers": ("children",)}, ("pupils",)),
        ({"covers": ("children",)}, ("young_children",)),
        ({"covers": ("adults",)}, ("claimants",)),
        ({"covers": ("anybody",)}, ("victims",)),
        ({"in_force_to": date(2026, 11, 23)}, ("anybody",)),
        ({"who_may_rely": ("council", "police")}, ("anybody",)),
        ({"purposes": ("crime_and_disorder", "safeguarding_children")}, ("anybody",)),
    ],
)
def test_what_does_not_speak_against_it(fields: dict[str, Any], subjects: tuple[str, ...]) -> None:
    assert make_route(thing(subjects=subjects), POLICE, law(**fields), DAY, ASKING).obstacles == ()


def test_a_use_for_adults_takes_the_adults_part_of_data_about_anybody() -> None:
    children = law(covers=("children",))
    adults = replace(ASKING, minimum_age=18)
    assert make_route(thing(), POLICE, children, DAY, adults).state == RouteState.NO
    assert make_route(thing(), POLICE, children, DAY, replace(ASKING, maximum_age=17)).state == RouteState.STANDS
    relatives = replace(adults, about_person=False)
    assert make_route(thing(), POLICE, children, DAY, relatives).state == RouteState.SIGN_OFF


def test_an_item_without_gateways_or_with_aims_alone_has_no_route() -> None:
    bare = thing(gateways=())
    assert found(answer_item(register(bare), bare, DAY, ASKING)) == {"no_gateway": Severity.BLOCK}
    assert found(answer_item(register(bare), bare, DAY, replace(ASKING, agency=POLICE))) == {
        "no_function": Severity.SIGN_OFF
    }
    aims = register(thing(), laws=(law(kind="aim", verification="unverified"),))
    assert found(answer_item(aims, thing(), DAY, ASKING)) == {"aims_alone": Severity.BLOCK}


def test_every_supplier_needs_a_route_of_its_own() -> None:
    """The council's power does not carry what the police supply (R18)."""
    council = law(9, who_may_rely=("council",))
    item = thing(sources=("ASC", "BCC"), gateways=(9,))
    answer = answer_item(register(item, laws=(council,)), item, DAY, replace(ASKING, agency=BENEFITS))
    assert [(one.rule, one.agency) for one in answer.findings] == [("no_route", "ASC")]
    assert "The police has no lawful route to disclose 'Crime: Offence'" in answer.findings[0].sentence


def test_what_comes_from_an_agency_or_system_that_ended_stops() -> None:
    """The day it ends on is the first without it, for those who supply and for those who ask."""
    gone = POLICE.model_copy(update={"ended_on": DAY})
    catalogue = replace(register(thing()), agencies={"ASC": gone, "BCC": COUNCIL})
    assert found(answer_item(catalogue, thing(), DAY, ASKING)) == {"source_ended": Severity.BLOCK}
    assert found(answer_item(catalogue, thing(), date(2026, 11, 21), ASKING)) == {}
    assert [one.rule for one in find_audience_findings(replace(ASKING, agency=gone), DAY)] == ["audience_ended"]
    assert list(find_audience_findings(ASKING, DAY)) == []


def test_an_agencys_own_data_is_not_disclosed() -> None:
    item = thing(sources=("BCC",), gateways=(4,))
    answer = answer_item(register(item, laws=(law(verification="unverified"),)), item, DAY, ASKING)
    assert found(answer) == {}
    assert [one.code for one in answer.own] == ["BCC"]


@pytest.mark.parametrize(
    ("agreement", "rule", "severity"),
    [
        (AGREEMENT.model_copy(update={"ends_on": date(2026, 11, 21)}), "agreement_ended", Severity.BLOCK),
        (AGREEMENT.model_copy(update={"starts_on": date(2026, 11, 23)}), "agreement_ended", Severity.BLOCK),
        (AGREEMENT.model_copy(update={"ended_on": date(2026, 11, 22)}), "agreement_ended", Severity.BLOCK),
        (AGREEMENT.model_copy(update={"parties": ("ASC", "DWP")}), "no_agreement", Severity.SIGN_OFF),
        (AGREEMENT.model_copy(update={"items": (7,)}), "no_agreement", Severity.SIGN_OFF),
    ],
)
def test_agreements(agreement: AgreementEntry, rule: str, severity: Severity) -> None:
    """R16: the last day of an agreement still counts, the day after it stops what rests on it."""
    assert found(answer_item(register(thing(), agreement=agreement), thing(), DAY, ASKING)) == {rule: severity}
    assert found(answer_item(register(thing()), thing(), date(2026, 12, 31), ASKING)) == {}


def test_social_security_data_always_needs_its_own() -> None:
    item = thing(sources=("DWP",), matter="social_security", subjects=("claimants",))
    assert found(answer_item(register(item), item, DAY, ASKING))["social_security"] == Severity.BLOCK
    own = law(13, covers=("claimants",), who_may_rely=("central_government",))
    item = thing(sources=("DWP",), matter="social_security", subjects=("claimants",), gateways=(4, 13))
    answer = answer_item(register(item, laws=(law(), own)), item, DAY, ASKING)
    assert found(answer) == {"social_security": Severity.SIGN_OFF}


def test_a_models_own_gateways_do_not_replace_those_of_its_inputs() -> None:
    """R16, R38: found through what is declared and through what the register knows of another model."""
    own = law(13, covers=("claimants",), who_may_rely=("central_government",))
    income = thing(id=2, name="Benefits", sources=("DWP",), matter="social_security", gateways=(13,))
    score = thing(id=3, name="Risk", matter="score")
    catalogue = register(income, score, laws=(law(), own))
    assert found(answer_item(catalogue, score, DAY, ASKING)) == {"inputs_unknown": Severity.SIGN_OFF}
    answer = answer_item(catalogue, score, DAY, ASKING, {3: [2]})
    assert found(answer)["inputs_not_covered"] == Severity.BLOCK
    assert "section 115 of the Some Act 1998 (gateway 13)" in answer.findings[0].sentence
    ended = income.model_copy(update={"ended_on": DAY})
    answer = answer_item(register(ended, score, laws=(law(), own)), score, DAY, ASKING, {3: [2]})
    assert found(answer)["input_blocked"] == Severity.BLOCK


def test_models_that_feed_on_each_other_in_a_circle_do_not_hang_the_engine() -> None:
    one, other = thing(id=2, name="A", matter="score"), thing(id=3, name="B", matter="score")
    assert answer_item(register(one, other), one, DAY, ASKING, {2: [3], 3: [2]}).inputs


@pytest.mark.parametrize(
    ("sensitivity", "condition", "rule", "severity"),
    [
        ("special_category", "", "condition_missing", "sign_off"),
        ("criminal_offence", "", "condition_missing", "sign_off"),
        ("inferred", "", "condition_missing", "sign_off"),
        ("special_category", "Schedule 1", "special_data", "note"),
        ("not_stated", "Schedule 1", "sensitivity_not_stated", "sign_off"),
    ],
)
def test_sensitive_data_needs_a_condition(sensitivity: str, condition: str, rule: str, severity: str) -> None:
    """R34."""
    item = thing(sensitivity=sensitivity)
    answer = answer_item(register(item), item, DAY, replace(ASKING, special_condition=condition))
    assert found(answer) == {rule: Severity(severity)}


def test_what_speaks_against_a_use_as_a_whole() -> None:
    item = answer_item(register(thing()), thing(), DAY, ASKING)
    bare = replace(ASKING, special_condition="")
    assert [f.rule for f in find_use_findings(ASKING, "uk_gdpr", "Article 6(1)(e)", [item], None)] == []
    rules = [f.rule for f in find_use_findings(ASKING, "part_3", "", [], None)]
    assert rules == ["not_competent", "no_lawful_basis", "inputs_not_disclosed"]
    score = thing(id=3, matter="score", sensitivity="inferred")
    output = list(find_use_findings(bare, "uk_gdpr", "Article 6(1)(e)", [item], score))
    assert [(f.rule, f.severity) for f in output] == [("inferred_output", Severity.SIGN_OFF)]


def test_a_sign_off_holds_until_its_last_day_and_for_the_law_it_was_given_for() -> None:
    duty = law(kind="duty")
    answer_ = answer_item(register(thing(), laws=(duty,)), thing(), DAY, ASKING)
    finding = answer_.findings[0]
    assert finding.rule == "route_to_accept"
    signed = {finding.key: Signed("Leo", "Necessary", DAY, DAY)}
    assert Answer(DAY, (answer_,), answer_.findings, signed).stands
    assert not Answer(date(2026, 11, 23), (answer_,), answer_.findings, signed).stands
    changed = law(kind="duty", covers=("anybody",), purposes=("safeguarding_children",))
    later = answer_item(register(thing(), laws=(changed,)), thing(), DAY, ASKING)
    assert later.findings[0].key != finding.key
    with pytest.raises(Refused, match="a lawyer has to accept that"):
        check_footing(Answer(DAY, (answer_,), answer_.findings))


def test_nobody_signs_off_a_block() -> None:
    blocked = Finding("no_route", Severity.BLOCK, "No route.", 1)
    answer = Answer(DAY, (), (blocked,), {blocked.key: Signed("Leo", "", DAY, DAY)})
    assert not answer.stands
    assert answer.sentence == "No score may rest on this yet: 1 finding stops it."


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"gateways": ()}, "no longer shared under section 115 of the Some Act 1998 (gateway 4)"),
        ({"ended_on": date(2026, 11, 22)}, "'Crime: Offence' was ended in the register on 22 November 2026"),
        ({"sources": ("ASC", "BCC")}, "now also comes from The council"),
    ],
)
def test_what_an_approval_loses(change: dict[str, Any], words: str) -> None:
    """R24, R50: a ground that fell away is named with item and section; a ground that was added changes nothing."""
    answer_ = Answer(DAY, (answer_item(register(thing()), thing(), DAY, ASKING),), ())
    grounds = grounds_of(answer_)
    assert grounds[0]["gateways"] == [{"number": 4, "law": "section 115 of the Some Act 1998"}]
    assert find_lost(grounds, register(thing()), DAY) == []
    wider = thing(gateways=(4, 9))
    assert find_lost(grounds, register(wider, laws=(law(), law(9))), DAY) == []
    lost = find_lost(grounds, register(thing(**change)), DAY)
    assert len(lost) == 1
    assert words in lost[0].sentence


def test_an_approval_loses_a_gateway_that_ends() -> None:
    answer_ = Answer(DAY, (answer_item(register(thing()), thing(), DAY, ASKING),), ())
    ended = register(thing(), laws=(law(ended_on=DAY),))
    assert (
        "section 115 of the Some Act 1998 (gateway 4), which has ended"
        in find_lost(grounds_of(answer_), ended, DAY)[0].sentence
    )
    assert [one.item.id for one in every_item(answer_.items)] == [1]
