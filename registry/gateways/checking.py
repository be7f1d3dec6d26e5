"""What those who check the law do in the browser: verifying, doubting, superseding, each as a step."""

from typing import Any

from foundation.accounts.rules import ask
from foundation.errors import Forbidden
from foundation.web.doors import actor, house, session
from registry.catalogue.endings import check_standing
from registry.catalogue.forms import ChangeForm
from registry.catalogue.pages import Step, asked_day, today
from registry.catalogue.queries import list_revisions
from registry.catalogue.values import Thing
from registry.gateways.forms import SupersedeForm, VerifyForm
from registry.gateways.rules import check_not_own, doubted, superseded, verified
from registry.gateways.service import doubt, supersede, verify
from registry.gateways.values import GatewayEntry


def verify_step(gateway: GatewayEntry) -> Step:
    """Verifying how a gateway is read; refused at once to whoever wrote it down (R17, R50)."""
    check_standing(gateway)
    own = ask(check_not_own, list_revisions(session(), Thing.GATEWAY, gateway.key), actor())
    if own:
        raise Forbidden(own)
    form = VerifyForm(data={"section": gateway.section, "source_link": gateway.source_link})

    def told() -> dict[str, Any]:
        values = form.values()
        return {name: values[name] or "" for name in ("section", "source_link")} | {
            "check_again_on": asked_day(form.check_again_on)
        }

    return Step(
        thing=Thing.GATEWAY,
        entry=gateway,
        title=f"Verify gateway {gateway.number}",
        form=form,
        make=lambda: verified(gateway, **told(), by=actor().name, today=today()),
        write=lambda _: verify(session(), actor(), gateway.number, **told(), **_why(form)),
        done="The reading is verified.",
        intro="You say that you compared this reading with the text of the law.",
        reading=(
            ("Law", f"{gateway.law[:1].upper()}{gateway.law[1:]}"),
            ("In a sentence", gateway.summary),
            ("What it is", gateway.kind_card.title),
            ("Who may rely on it", gateway.who_text),
            ("Whose data", gateway.covers_text),
            ("For what", gateway.purposes_text),
        ),
        button="Verify it",
    )


def doubt_step(gateway: GatewayEntry) -> Step:
    """Marking the reading of a gateway as in doubt."""
    form = ChangeForm()
    return Step(
        thing=Thing.GATEWAY,
        entry=gateway,
        title=f"Mark gateway {gateway.number} as in doubt",
        form=form,
        make=lambda: doubted(gateway),
        write=lambda _: doubt(session(), actor(), gateway.number, **_why(form)),
        done="The reading is in doubt.",
        asks=True,
        intro="It stays in doubt until a lawyer verifies it.",
        button="Mark it as in doubt",
    )


def supersede_step(gateway: GatewayEntry) -> Step:
    """Saying which gateway takes the place of another."""
    check_standing(gateway)
    form = SupersedeForm(data={"superseded_by": gateway.superseded_by})
    return Step(
        thing=Thing.GATEWAY,
        entry=gateway,
        title=f"Say what supersedes gateway {gateway.number}",
        form=form,
        make=lambda: superseded(gateway, form.superseded_by.plain, asked_day(form.from_day), today()),
        write=lambda _: supersede(
            session(),
            actor(),
            gateway.number,
            form.superseded_by.plain,
            from_day=asked_day(form.from_day),
            **_why(form),
        ),
        done="What takes its place is kept.",
        button="Save",
        day=lambda: form.from_day.plain,
    )


def _why(form: ChangeForm) -> dict[str, Any]:
    return {"reason": form.reason.data or "", "seen": form.seen_number, "at": house().clock.now()}
