"""`make bench`: measures, prints a table and writes build/bench.json."""

import secrets
import tempfile
from pathlib import Path

import numpy as np
import shap
import skops.io

from algocare.app import make_engine
from algocare.demo.building import build
from benchmarks.cohorts import cohorts
from benchmarks.firing import firings
from benchmarks.looking_back import look_backs
from benchmarks.measuring import Measurement, compare, table, write
from benchmarks.monitoring_pages import monitoring_pages
from benchmarks.register import register_pages
from benchmarks.scoring import http_scores
from benchmarks.suspending import suspensions
from benchmarks.watching import watching
from foundation.accounts.queries import find_account
from foundation.clock import SystemClock
from foundation.database.connection import Database
from foundation.files.service import get_content
from foundation.paths import ROOT
from foundation.settings import Settings
from model_runtime.people.tables import Person
from model_runtime.scores.service import request_score
from model_runtime.scores.tables import Score
from registry.models.queries import find_use


def governed_score(folder: Path) -> Measurement:
    """One governed, explained, labelled and recorded score in process, against bare predict and SHAP."""
    settings = Settings(data_folder=folder, secret_key="bench", plain_http=True)
    build(settings, folder / "algocare.db", "approved", lambda _: None)
    database, engine, clock = Database(settings.address), make_engine(settings), SystemClock()
    with database.read() as session:
        practitioner = find_account(session, "pat.practitioner").actor()  # type: ignore[union-attr]
        use = find_use(session, "return-to-custody", "resettlement-support")
        assert use is not None
        person = session.query(Person).filter(Person.agency_code == use.agency_code).first()
        assert person is not None
        artefact = get_content(session, use.version.artefact_sha256)

    def ours() -> None:
        answer = request_score(
            database,
            clock,
            engine,
            practitioner,
            person_reference=person.reference,
            use_id=use.id,
            purpose=use.code,
            request_key=secrets.token_hex(16),
        )
        assert isinstance(answer, Score), answer.sentence

    model = skops.io.loads(artefact, trusted=["sklearn.tree._tree.Tree"])
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    row = np.zeros((1, len(use.version.features)))

    def theirs() -> None:
        model.predict_proba(row)
        explainer.shap_values(row)

    try:
        name = "one governed score in process / bare predict + SHAP"
        return compare(name, ours, theirs, goal=5.0, count=100)
    finally:
        engine.close()
        database.close()


def main() -> None:
    """Measure everything."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        measurements = [governed_score(place), *http_scores(place), suspensions(place)[0]]
        measurements += [*register_pages(place), *look_backs(place), *cohorts(place), *watching(place), *firings(place)]
        measurements += [*monitoring_pages(place)]
    print(table(measurements))
    write(measurements, ROOT / "build" / "bench.json")


if __name__ == "__main__":
    main()
