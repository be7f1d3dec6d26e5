"""The published figures that the invented families are drawn to, each with its source, and what is only assumed.

Shares are of young people, from 0 to 1. What no figure was found for is said to be assumed, and stands apart.
"""

from dataclasses import dataclass

ONS = "ONS Explore Subnational Statistics (DfE data), github.com/GSS-Cogs/family-ess, commit f5bafd2 (OGL)"
CENSUS = "DfE school census, reported by Children and Young People Now"


@dataclass(frozen=True)
class Published:
    """A published figure: `value` as a share or a ratio, what it is of, where and when, and who published it."""

    value: float
    what: str
    period: str
    source: str


ABSENT_BEFORE = Published(0.1367, "Persistently absent, all pupils, Bristol", "2018/19", ONS)
ABSENT_AFTER = Published(0.2572, "Persistently absent, all pupils, Bristol", "2021/22", ONS)
POOR_ABSENT_BEFORE = Published(0.240, "Persistently absent, free school meals in 6 years, Bristol", "2018/19", ONS)
POOR_ABSENT_AFTER = Published(0.4162, "Persistently absent, free school meals in 6 years, Bristol", "2021/22", ONS)
CARE_ABSENT_BEFORE = Published(0.120, "Persistently absent, looked after, Bristol", "2018/19", ONS)
CARE_ABSENT_AFTER = Published(0.271, "Persistently absent, looked after, Bristol", "2021/22", ONS)
FREE_MEALS = Published(0.246, "Free school meals, England", "January 2024", CENSUS)
LOOKED_AFTER = Published(0.0085, "Looked after, Bristol", "July 2024", "Council audit committee, Hits Radio Bristol")
IN_NEED = Published(0.03329, "Children in need, England", "31 March 2024", "DfE Children in need 2024")
NEET = Published(0.076, "NEET or not known at 16 and 17, Bristol", "June 2019", "DfE, reported by chopsybaby.com")
NEET_IN_CARE = Published(0.371, "The same, looked after or leaving care, Bristol", "2019", "DfE, chopsybaby.com")
NEET_WITH_PLAN = Published(0.430, "The same, with an EHC plan, Bristol", "2019", "DfE, chopsybaby.com")
NEET_MALE_TO_FEMALE = Published(8.0 / 6.4, "The same at 17, young men to young women, England", "2025", "DfE")
SUSPENDED_POOR = Published(4.0, "Suspensions, free school meals to others, England", "2022/23", "DfE, Stone King")
SUSPENDED_BOYS = Published(1.5, "Suspensions, boys to girls, England", "2022/23", "DfE, Stone King")
SUSPENDED = Published(0.1239, "Suspensions a pupil a year, England, three terms", "2023/24", "DfE, Coram: 4.13 per 100")

TARGETS = {name: value for name, value in vars().items() if isinstance(value, Published)}
"""Every published figure by name."""

ASSUMED = {
    "plan": 0.045,
    "sen_support": 0.13,
    "english_additional": 0.20,
    "other_ethnicity": 0.30,
    "protection_plan": 0.025,
    "families_in_focus": 0.05,
    "domestic_incident": 0.06,
    "carer": 0.03,
    "parent": 0.006,
    "youth_offending": 0.012,
    "reported_missing": 0.02,
    "referral_unit": 0.008,
    "permanently_excluded": 0.004,
}
"""Shares that nobody was found to publish for a place like this: our own round numbers."""

FAMILIES = 55_000
"""Families in the database of the partnership that this one is modelled on (bristol.gov.uk, Insight Bristol)."""

YOUNG_PEOPLE = (0.45, 0.39, 0.16)
"""Assumed: the shares of families with one, two and three young people aged 10 to 18; 1.7 on average."""
