"""The web process stays light: after every page as every role, no model library is in its memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from foundation.paths import ROOT

HEAVY = ("sklearn", "shap", "evidently", "pandas", "weasyprint", "skops", "fairlearn", "numba")

WALK = """
import json, re, sys
from collections import Counter, deque
from pathlib import Path
from algocare.app import create_app
from foundation.accounts.values import PERSON_ROLES
from foundation.settings import Settings

OFTEN = 4  # what four roles have opened leads the others nowhere new
app = create_app(Settings(data_folder=Path(sys.argv[1]), plain_http=True))
app.config["WTF_CSRF_ENABLED"] = False
visited, broken = Counter(), []
for role in PERSON_ROLES:
    client = app.test_client()
    client.post(f"/sign-in/{role}")
    waiting, shapes = deque(["/home"]), set()
    while waiting:
        address = waiting.popleft()
        endpoint, _ = app.url_map.bind("localhost").match(address.split("?")[0], method="GET")
        if endpoint in shapes or endpoint == "static" or visited[endpoint] >= OFTEN:
            continue
        shapes.add(endpoint)
        answer = client.get(address)
        visited[endpoint] += 1
        if answer.status_code >= 400:
            broken.append([role, address, answer.status_code])
        if answer.mimetype == "text/html":
            links = re.findall(r'href="(/[^"#]*)', answer.get_data(as_text=True))
            waiting.extend(link.replace("&amp;", "&") for link in links)
print(json.dumps({
    "heavy": sorted({name.split(".")[0] for name in sys.modules} & set(sys.argv[2].split(","))),
    "visited": sorted(visited),
    "broken": broken,
}))
"""


@pytest.mark.xdist_group("lived")
@pytest.mark.timeout(300)
def test_no_page_loads_a_model_library(lived: Path, tmp_path: Path) -> None:
    (tmp_path / "algocare.db").write_bytes((lived / "algocare.db").read_bytes())
    command = [sys.executable, "-c", WALK, str(tmp_path), ",".join(HEAVY)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["broken"] == []
    assert found["heavy"] == []
    assert len(found["visited"]) > 30, found["visited"]


@pytest.mark.parametrize("module", ["algocare.app", "algocare.worker", "algocare.cli.main"])
def test_each_process_knows_every_table_before_it_uses_one(module: str) -> None:
    """A relationship to a table that nobody imported is found at the first query, which is too late."""
    code = f"import {module}; from sqlalchemy.orm import configure_mappers; configure_mappers()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
