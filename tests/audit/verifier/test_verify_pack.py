"""The verifier on a real pack: whole, changed, cut short, with something added, and handed over as a trap."""

import importlib.util
import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from audit.packs.checking import VERIFIER, verify

pytestmark = pytest.mark.xdist_group("packs")
Files = dict[str, bytes]
KINDS = (
    "README.txt",
    "summary.pdf",
    "record.json",
    "counts.json",
    "decisions.json",
    "monitoring.json",
    "manifest.json",
    "verify_pack.py",
    "ledger/chain.jsonl",
    "assessment/answers.json",
    "assessment/evidence/",
)


def path_of(files: Files, kind: str) -> str:
    return next(path for path in files if path.startswith(kind))


@pytest.fixture
def pack(lived: SimpleNamespace, tmp_path: Path) -> Path:
    path = tmp_path / "whole.zip"
    path.write_bytes(lived.content)
    return path


@pytest.fixture
def folder(lived: SimpleNamespace, tmp_path: Path) -> Path:
    for name, content in lived.files.items():
        target = tmp_path / "unpacked" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return tmp_path / "unpacked"


def test_a_whole_pack_holds(pack: Path, lived: SimpleNamespace, run_verifier) -> None:
    answer = run_verifier(pack, "--head", lived.head, "--manifest", lived.manifest)
    assert answer.code == 0, answer.text
    assert "Everything holds." in answer.text
    assert lived.manifest in answer.text
    assert "CHANGED" not in answer.text


def test_an_unpacked_pack_checks_itself_from_inside(folder: Path, run_verifier) -> None:
    answer = run_verifier(program=folder / "verify_pack.py", cwd=folder)
    assert answer.code == 0, answer.text


def test_what_a_desktop_leaves_in_a_folder_is_no_change(folder: Path, run_verifier) -> None:
    (folder / ".DS_Store").write_bytes(b"left by a file manager")
    assert run_verifier(folder).code == 0


def test_a_machine_gets_json(pack: Path, lived: SimpleNamespace, run_verifier) -> None:
    told = json.loads(run_verifier(pack, "--json").text)
    assert (told["exit_code"], told["manifest_sha256"], told["head"]) == (0, lived.manifest, lived.head)
    assert {check["state"] for check in told["checks"]} == {"holds"}


def test_the_command_line_runs_the_same_file(pack: Path, capfd: pytest.CaptureFixture, lived: SimpleNamespace) -> None:
    assert verify(pack, head=lived.head) == 0
    assert "Everything holds." in capfd.readouterr().out
    assert lived.files["verify_pack.py"] == VERIFIER.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_one_changed_byte_in_any_file_is_found(
    kind: str, lived: SimpleNamespace, put: Callable[[Files], Path], run_verifier
) -> None:
    name = path_of(lived.files, kind)
    content = bytearray(lived.files[name])
    content[len(content) // 2] ^= 1
    assert run_verifier(put({**lived.files, name: bytes(content)})).code == 1


def test_one_changed_byte_anywhere_in_the_zip_is_found(lived: SimpleNamespace, tmp_path: Path) -> None:
    """Checked in this process, for speed; positions are drawn once, so that a failure can be repeated."""
    spec = importlib.util.spec_from_file_location("verify_pack_alone", VERIFIER)
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    chance, path = random.Random(7), tmp_path / "flipped.zip"
    ends = range(len(lived.content) - 400, len(lived.content), 23)
    for position in [*(chance.randrange(len(lived.content)) for _ in range(40)), *ends]:
        content = bytearray(lived.content)
        content[position] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        try:
            code = program.verify(str(path)).code
        except program.Unreadable:
            code = 3
        assert code != 0, position


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_file_is_missed(
    kind: str, lived: SimpleNamespace, put: Callable[[Files], Path], run_verifier
) -> None:
    name = path_of(lived.files, kind)
    answer = run_verifier(put({path: content for path, content in lived.files.items() if path != name}))
    assert answer.code == 2, answer.text
    assert f"{name} is missing" in answer.text


@pytest.mark.parametrize("name", ["notes.txt", "ledger/more.jsonl", "manifest.json.bak"])
def test_an_added_file_is_found(name: str, lived: SimpleNamespace, put: Callable[[Files], Path], run_verifier) -> None:
    answer = run_verifier(put({**lived.files, name: b"put in later"}))
    assert answer.code == 1
    assert f"{name} was added" in answer.text


def cut_short(files: Files, lines: int, seal: Callable[..., Files]) -> Files:
    """The last lines of the ledger taken away, with record and manifest rewritten to fit: a careful forger."""
    kept = files["ledger/chain.jsonl"].splitlines(keepends=True)[:-lines]
    ledger = {"entries": len(kept), "head": json.loads(kept[-1])["chain_hash"]}
    record = json.loads(files["record.json"]) | {"ledger": ledger}
    text = (json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
    return seal({**files, "ledger/chain.jsonl": b"".join(kept), "record.json": text}, ledger=ledger)


def test_a_ledger_cut_short_is_found_by_the_head_noted_elsewhere(
    lived: SimpleNamespace, put: Callable[[Files], Path], seal: Callable[..., Files], run_verifier
) -> None:
    path = put(cut_short(lived.files, 2, seal))
    assert run_verifier(path).code == 0, "nothing inside such a pack can give it away"
    answer = run_verifier(path, "--head", lived.head)
    assert answer.code == 1
    assert "does not contain the noted head" in answer.text


def test_a_ledger_cut_short_carelessly_needs_no_head(
    lived: SimpleNamespace, put: Callable[[Files], Path], seal: Callable[..., Files], run_verifier
) -> None:
    kept = b"".join(lived.files["ledger/chain.jsonl"].splitlines(keepends=True)[:-2])
    answer = run_verifier(put(seal({**lived.files, "ledger/chain.jsonl": kept})))
    assert answer.code == 1
    assert "another head" in answer.text


def test_a_head_noted_earlier_shows_that_nothing_before_it_was_changed(
    pack: Path, lived: SimpleNamespace, run_verifier
) -> None:
    earlier = json.loads(lived.files["ledger/chain.jsonl"].splitlines()[5])["chain_hash"]
    answer = run_verifier(pack, "--head", earlier)
    assert answer.code == 0
    assert "stands earlier in the chain" in answer.text


def test_a_pack_rewritten_as_a_whole_is_found_by_its_noted_manifest(
    lived: SimpleNamespace, put: Callable[[Files], Path], seal: Callable[..., Files], run_verifier
) -> None:
    path = put(seal({**lived.files, "README.txt": b"Nothing to see here.\n"}))
    assert run_verifier(path, "--manifest", lived.manifest).code == 1


def test_an_entry_rewritten_with_its_own_hash_breaks_the_chain(
    lived: SimpleNamespace, put: Callable[[Files], Path], seal: Callable[..., Files], run_verifier
) -> None:
    lines = lived.files["ledger/chain.jsonl"].splitlines(keepends=True)
    number = next(n for n, line in enumerate(lines) if b"score_refused" in line)
    lines[number] = lines[number].replace(b"unknown_purpose", b"unknown_purposf")
    answer = run_verifier(put(seal({**lived.files, "ledger/chain.jsonl": b"".join(lines)})))
    assert answer.code == 1
    assert f"Entry {number} was changed after it was written." in answer.text


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("counts.json", b'"total": 4', b'"total": 5', "the ledger holds 4"),
        ("record.json", b'"expires_on": "2027-09-01"', b'"expires_on": "2028-09-01"', "approvals"),
        ("record.json", b'"permission": "pilot"', b'"permission": "operational"', "how far approval 2 goes"),
        ("record.json", b'"agreed_role": "Lead', b'"agreed_role": "Chief', "A content in record.json"),
        ("record.json", b'"auc": 0.6', b'"auc": 0.9', "fingerprint was recorded"),
        ("record.json", b"Twelve features", b"Twenty features", "answers of assessment 1"),
    ],
)
def test_a_record_retold_with_a_fitting_manifest_is_found(
    name: str, old: bytes, new: bytes, words: str, lived: SimpleNamespace, put, seal, run_verifier
) -> None:
    """Every file that repeats the record is rewritten too: only the ledger and the digests give it away."""
    assert old in lived.files[name]
    files = {
        path: content.replace(old, new) if path.endswith(".json") and path != "manifest.json" else content
        for path, content in lived.files.items()
    }
    answer = run_verifier(put(seal(files)))
    assert answer.code == 1
    assert words in answer.text


def trap(entries: list[tuple[zipfile.ZipInfo | str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, content in entries:
            target.writestr(name, content)
    return buffer.getvalue()


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("record.json")
    info.external_attr = 0o120777 << 16
    return info


@pytest.mark.parametrize(
    "content",
    [
        trap([("../outside.txt", b"x")]),
        trap([("a/../../outside.txt", b"x")]),
        trap([("/etc/passwd", b"x")]),
        trap([("C:/autoexec.bat", b"x")]),
        trap([("a\\..\\b", b"x")]),
        trap([(link(), b"/etc/passwd")]),
        trap([("manifest.json", b'{"format": "algocare-pack/9"}')]),
        b"this is no zip",
        b"",
    ],
)
def test_what_is_not_safe_to_read_is_not_read(content: bytes, tmp_path: Path, run_verifier) -> None:
    path = tmp_path / "trap.zip"
    path.write_bytes(content)
    answer = run_verifier(path)
    assert answer.code == 3
    assert "CANNOT BE READ" in answer.text
    assert "Traceback" not in answer.text
    assert sorted(one.name for one in tmp_path.iterdir()) == ["trap.zip"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_with_twins_is_refused(tmp_path: Path, run_verifier) -> None:
    path = tmp_path / "twins.zip"
    path.write_bytes(trap([("manifest.json", b"{}"), ("manifest.json", b"{}")]))
    assert run_verifier(path).code == 3


def test_a_folder_with_a_link_is_refused(folder: Path, run_verifier) -> None:
    (folder / "counts.json").unlink()
    (folder / "counts.json").symlink_to("record.json")
    assert run_verifier(folder).code == 3


@pytest.mark.parametrize("arguments", [["no-such-file.zip"], ["--nonsense"], ["x.zip", "--head", "abc"]])
def test_a_wrong_command_ends_in_three(arguments: list[str], tmp_path: Path, run_verifier) -> None:
    assert run_verifier(*arguments, cwd=tmp_path).code == 3


def test_it_asks_for_nothing_but_python_3_8() -> None:
    import ast

    tree = ast.parse(VERIFIER.read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    known = {"__future__", "argparse", "collections", "collections.abc", "datetime", "hashlib", "json", "os", "re"}
    assert imported <= known | {"struct", "sys", "tempfile", "typing", "zipfile", "zlib"}
