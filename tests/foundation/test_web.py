"""What every answer keeps to: headers, cookies, sessions, forms, errors."""

import logging
import re

import pytest

from foundation.accounts.queries import find_account
from foundation.accounts.service import close_account, found_partnership
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.settings import Settings

pytestmark = pytest.mark.one_database

COOKIE = "algocare_session"


def cookies_of(answer) -> list[str]:
    return [value for name, value in answer.headers if name == "Set-Cookie"]


@pytest.mark.parametrize("address", ["/sign-in", "/models", "/nothing/here", "/static/algocare.css", "/register"])
def test_every_answer_carries_the_security_headers(address: str, founded: Database, visit) -> None:
    answer = visit(founded, "auditor").get(address)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert re.search(r"script-src 'self' 'nonce-[\w-]{20,}'", policy)
    assert "form-action 'self'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    if not address.startswith("/static"):
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_nonce_is_used_once(founded: Database, visit) -> None:
    client = visit(founded)
    one, other = (client.get("/sign-in").headers["Content-Security-Policy"] for _ in range(2))
    assert one != other


def test_pages_hold_no_inline_style_or_script_without_the_nonce(founded: Database, visit) -> None:
    page = visit(founded, "auditor").get("/register").get_data(as_text=True)
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]*(nonce|src))", page)
    assert not re.search(r"\son\w+=", page)


def test_the_session_cookie_is_bound_to_host_https_and_browser(
    founded: Database, clock: StoppedClock, tmp_path
) -> None:
    from algocare.app import create_app

    settings = Settings(data_folder=tmp_path, secret_key="for tests only, never elsewhere")
    client = create_app(settings, clock=clock, database=founded, engine=object()).test_client()
    address = "https://localhost"
    page = client.get("/sign-in", base_url=address).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
    answer = client.post(
        "/sign-in/auditor", data={"csrf_token": token}, base_url=address, headers={"Referer": f"{address}/sign-in"}
    )
    set_cookie = next(one for one in cookies_of(answer) if one.startswith("__Host-algocare_session="))
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in set_cookie
    assert "Domain" not in set_cookie


def test_the_cookie_is_a_token_and_its_hash_is_all_the_database_has(founded: Database, visit) -> None:
    client = visit(founded, "auditor")
    token = client.get_cookie(COOKIE).value
    with founded.read() as session:
        stored = session.connection().exec_driver_sql("SELECT token_sha256 FROM sign_in_session").scalars().all()
    assert len(token) >= 40
    assert token not in stored


def test_an_idle_session_ends(founded: Database, visit, clock: StoppedClock) -> None:
    client = visit(founded, "auditor")
    clock.advance(minutes=14)
    assert client.get("/register").status_code == 200
    clock.advance(minutes=14)
    assert client.get("/register").status_code == 200  # the use a quarter of an hour ago counts
    clock.advance(minutes=16)
    answer = client.get("/register?x=1")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=/register")


def test_a_busy_session_ends_after_eight_hours(founded: Database, visit, clock: StoppedClock) -> None:
    client = visit(founded, "auditor")
    for _ in range(48):
        clock.advance(minutes=10)
        assert client.get("/register").status_code == 200
    clock.advance(minutes=10)
    assert client.get("/register").status_code == 302


def test_a_closed_account_is_out_at_its_next_request(founded: Database, visit, clock: StoppedClock, cast) -> None:
    client = visit(founded, "practitioner")
    assert client.get("/models").status_code == 200
    with founded.write() as session:
        pat = find_account(session, "pat.practitioner")
        close_account(session, cast(founded).administrator, pat, clock.now())
    assert client.get("/models").status_code == 302


def test_signing_out_makes_the_token_worthless(founded: Database, visit) -> None:
    client = visit(founded, "auditor")
    token = client.get_cookie(COOKIE).value
    assert client.send("/sign-out", page="/register").status_code == 302
    client.set_cookie(COOKIE, token)
    assert client.get("/register").status_code == 302


def test_an_invented_token_opens_nothing(founded: Database, visit) -> None:
    client = visit(founded)
    client.set_cookie(COOKIE, "x" * 43)
    assert client.get("/register").status_code == 302


def test_signing_in_again_gives_another_token(founded: Database, visit) -> None:
    client = visit(founded, "auditor")
    before = client.get_cookie(COOKIE).value
    assert client.send("/sign-in/auditor", page="/sign-in").status_code == 302
    assert client.get_cookie(COOKIE).value != before


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", "evil"],
)
def test_no_redirect_leads_off_the_site(target: str, founded: Database, visit, clock: StoppedClock) -> None:
    open_with_password(founded, clock)
    client = visit(founded)
    data = {"sign_in_name": "nadia.new", "password": "gravel lantern teapot", "next": target}
    answer = client.send("/sign-in", data)
    assert answer.status_code == 302
    assert answer.location == "/home"


def open_with_password(database: Database, clock: StoppedClock) -> None:
    from foundation.accounts.service import open_account
    from foundation.accounts.values import Role

    with database.write() as session:
        open_account(
            session,
            sign_in_name="nadia.new",
            name="Nadia New",
            roles={Role.AUDITOR},
            agency="BCC",
            password="gravel lantern teapot",
            at=clock.now(),
        )


def test_signing_in_leads_to_the_page_that_was_asked_for(founded: Database, visit, clock: StoppedClock) -> None:
    open_with_password(founded, clock)
    client = visit(founded)
    asked = client.get("/register/items?x=1")
    assert asked.location.startswith("/sign-in?next=/register/items")
    data = {"sign_in_name": "Nadia.New", "password": "gravel lantern teapot", "next": "/register/items"}
    answer = client.send("/sign-in", data, page=asked.location)
    assert answer.location == "/register/items"
    assert client.get("/register/items").status_code == 200


def test_a_wrong_password_says_the_same_for_a_known_and_an_unknown_name(founded: Database, visit, clock) -> None:
    open_with_password(founded, clock)
    client = visit(founded)
    for name in ("nadia.new", "nobody"):
        answer = client.send("/sign-in", {"sign_in_name": name, "password": "wrong"})
        assert answer.status_code == 422
        assert "The sign-in name or the password is not right" in answer.get_data(as_text=True)
        assert not [one for one in cookies_of(answer) if one.startswith(f"{COOKIE}=")]


def test_the_demonstration_offers_every_role_with_its_description(founded: Database, visit) -> None:
    from foundation.accounts.values import PERSON_ROLES, ROLES

    page = visit(founded).get("/sign-in").get_data(as_text=True)
    for role in PERSON_ROLES:
        assert f'action="/sign-in/{role}"' in page
        assert ROLES[role].description in page


def test_a_real_partnership_offers_no_role_and_refuses_the_address(make_database, visit, clock: StoppedClock) -> None:
    database = make_database("empty")
    with database.write() as session:
        found_partnership(session, "A real partnership", None, clock.now())
    client = visit(database)
    assert "/sign-in/auditor" not in client.get("/sign-in").get_data(as_text=True)
    assert client.send("/sign-in/auditor", page="/sign-in").status_code == 403
    assert client.get_cookie(COOKIE) is None


@pytest.mark.parametrize("role", ["worker", "nobody"])
def test_roles_that_no_person_holds_are_not_offered(role: str, founded: Database, visit) -> None:
    assert visit(founded).send(f"/sign-in/{role}", page="/sign-in").status_code == 422


@pytest.mark.parametrize("data", [{}, {"csrf_token": ""}, {"csrf_token": "invented"}])
def test_a_form_without_its_token_is_refused(data: dict, founded: Database, visit) -> None:
    client = visit(founded, "administrator")
    answer = client.post("/accounts/1/close", data=data)
    assert answer.status_code == 400
    with founded.read() as session:
        assert find_account(session, "olivia.owner").disabled_at is None


def test_an_unexpected_error_gives_a_reference_and_nothing_else(founded: Database, make_app, caplog) -> None:
    from flask import Blueprint

    from foundation.web.doors import PUBLIC, door

    broken = Blueprint("broken", __name__)

    @broken.get("/broken")
    @door(PUBLIC)
    def show() -> str:
        raise ZeroDivisionError("the secret is 42")

    app = make_app(founded)
    app.register_blueprint(broken)
    with caplog.at_level(logging.ERROR):
        answer = app.test_client().get("/broken")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "secret" not in page
    assert "Traceback" not in page
    assert "ZeroDivisionError" not in page
    assert re.search(r"this reference: [0-9a-f]{8}", page)
    assert "ZeroDivisionError" in caplog.text  # whoever runs the service does learn it


def test_a_program_gets_its_error_as_json(founded: Database, visit) -> None:
    answer = visit(founded, "auditor").get("/models/nothing/versions/1", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.get_json()["code"] == "not_found"


def test_a_page_that_only_reads_refuses_to_write(founded: Database, make_app) -> None:
    from flask import Blueprint

    from foundation.accounts.tables import SignInFailure
    from foundation.web.doors import PUBLIC, door, house, session

    forgetful = Blueprint("forgetful", __name__)

    @forgetful.get("/forgetful")
    @door(PUBLIC)
    def show() -> str:
        session().add(SignInFailure(sign_in_name="x", at=house().clock.now()))
        session().flush()
        return "written"

    app = make_app(founded)
    app.register_blueprint(forgetful)
    assert app.test_client().get("/forgetful").status_code == 500
    with founded.read() as session_now:
        assert session_now.query(SignInFailure).count() == 0


def test_a_post_that_fails_half_way_writes_nothing(founded: Database, make_app) -> None:
    from flask import Blueprint

    from foundation.accounts.tables import SignInFailure
    from foundation.errors import Refused
    from foundation.web.doors import PUBLIC, door, house, session

    halfway = Blueprint("halfway", __name__)

    @halfway.post("/halfway")
    @door(PUBLIC)
    def act() -> str:
        session().add(SignInFailure(sign_in_name="x", at=house().clock.now()))
        session().flush()
        raise Refused("Not now.")

    app = make_app(founded)
    app.config["WTF_CSRF_ENABLED"] = False
    app.register_blueprint(halfway)
    answer = app.test_client().post("/halfway")
    assert answer.status_code == 409
    assert "Not now." in answer.get_data(as_text=True)
    with founded.read() as session_now:
        assert session_now.query(SignInFailure).count() == 0
