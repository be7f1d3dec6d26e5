"""Pages of people: those the practitioner's agency works with, and nobody else."""

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.web.doors import actor, door, house, session
from model_runtime.challenges.queries import find_marks
from model_runtime.cohorts.queries import list_results_of_person
from model_runtime.gate.queries import list_offered, list_openings
from model_runtime.objections.queries import describe_of_person
from model_runtime.people.forms import AskForm
from model_runtime.people.queries import count_people, get_own_person, latest_facts, newest_days
from model_runtime.people.queries import list_people as find_people
from model_runtime.people.rules import age_on
from model_runtime.people.tables import Person
from model_runtime.people.wording import describe
from model_runtime.scores.queries import count_in_shadow, list_refusals_of_person, list_scores_of_person

views = Blueprint("people", __name__)

PAGE = 50


@views.get("/people")
@door(Permission.SEE_PEOPLE)
def list_people() -> Any:
    """The people the practitioner's agency works with, by reference."""
    search = request.args.get("search", "").strip()[:40]
    page = max(1, request.args.get("page", 1, type=int))
    agency, count = actor().agency, count_people(session(), actor().agency, search=search)
    pages = max(1, -(-count // PAGE))
    page = min(page, pages)
    people = find_people(session(), agency, search=search, start=(page - 1) * PAGE, most=PAGE)
    return render_template(
        "model_runtime/people/list.html",
        people=people,
        days=newest_days(session(), people),
        count=count,
        page=page,
        pages=pages,
        search=search,
    )


@views.get("/people/<reference>")
@door(Permission.SEE_PEOPLE)
def show(reference: str) -> Any:
    """A person: what is known, what can be asked, what was asked before."""
    person = get_own_person(session(), actor(), reference)
    form = AskForm().offer(list_offered(session(), actor().agency))
    return person_page(session(), person, form)


def person_page(opened: Session, person: Person, form: AskForm) -> Any:
    """The page of a person, with the form as it stands; 422 when it has errors."""
    offered, scores = list_offered(opened, actor().agency), list_scores_of_person(opened, person.id)
    features = [feature for use in offered for feature in use.version.features]
    page = render_template(
        "model_runtime/people/show.html",
        person=person,
        age=age_on(person.born_on, london_date(house().clock.now())),
        facts=describe(latest_facts(person).values(), features),
        openings=list_openings(opened, actor(), person, london_date(house().clock.now())),
        scores=scores,
        marks=find_marks(opened, [score.id for score in scores]),
        in_shadow=count_in_shadow(opened, person.id),
        refusals=list_refusals_of_person(opened, person.id),
        results=list_results_of_person(opened, person.reference, person.agency_code),
        objections=describe_of_person(opened, person, london_date(house().clock.now())),
        form=form,
    )
    return page, 422 if form.errors else 200
