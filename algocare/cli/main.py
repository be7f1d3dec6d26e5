"""The command line `algocare`."""

import click

import algocare.tables  # noqa: F401 - every table is known before the first is used
from algocare.cli.bringing import explain, import_mlflow
from algocare.cli.claims import claims_group
from algocare.cli.cohorts import cohort_group
from algocare.cli.database import database_group, demo, found
from algocare.cli.drifting import drift
from algocare.cli.evaluating import evaluate
from algocare.cli.gate import gate_group
from algocare.cli.importing import register_group
from algocare.cli.ledger import ledger_group
from algocare.cli.packs import pack_group
from algocare.cli.people import outcomes_group, people_group
from algocare.cli.registering import models_group
from algocare.cli.scoring import score
from algocare.cli.serving import serve, web, worker
from algocare.cli.watching import watch_group

EPILOG = (
    "Settings come from the environment; docs/reference/settings.md lists them. "
    "Exit codes: 0 done, 1 refused or a fault was found, 2 wrong usage or a wrong file, 3 something is not available."
)


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="algocare", message="ALGOCARE %(version)s")
def main() -> None:
    """ALGOCARE keeps risk models lawful, explained, watched and stoppable.

    A first look: `algocare demo`, then `algocare serve`, then open the address it prints.
    """


for command in (
    serve,
    web,
    worker,
    database_group,
    demo,
    found,
    register_group,
    models_group,
    people_group,
    outcomes_group,
    score,
    gate_group,
    cohort_group,
    evaluate,
    drift,
    claims_group,
    watch_group,
    pack_group,
    ledger_group,
):
    main.add_command(command)
models_group.add_command(explain)
models_group.add_command(import_mlflow)
