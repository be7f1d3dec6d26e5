#!/usr/bin/env python3
# ruff: noqa: UP017
# Runs on Python 3.8 and later, on whatever machine an auditor has: newer ways of writing are left out on purpose.
"""Check a compliance pack of ALGOCARE. Needs this one file and Python 3.8 or later; no network, no server.

    python verify_pack.py PACK.zip|FOLDER [--head HEX] [--manifest HEX] [--json]

Without a pack it checks the folder it stands in. --head is the ledger head and --manifest the manifest's SHA-256
noted outside the pack, for example in minutes: only with them does it notice a pack that was forged as a whole.

Exit code 0: everything holds. 1: something was changed. 2: something is missing. 3: it cannot be read.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import os
import re
import struct
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import IO, Any, NoReturn

GOOD, CHANGED, INCOMPLETE, UNREADABLE = 0, 1, 2, 3
LARGEST_FILE, LARGEST_PACK, MOST_FILES = 1 << 30, 4 << 30, 20000  # bytes, bytes, files
LARGEST_TEXT = 256 << 20  # bytes of a JSON file that is read as a whole
CROSSING = timedelta(seconds=5)  # two acts so close together may stand in the ledger in either order
START = "0" * 64
LEFT_BY_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini"}
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError, OverflowError)
"""What reading a damaged zip can raise: bad checksums, unknown ways of packing, ends that come too early."""
HEX = re.compile(r"[0-9a-f]{64}")
SHARED = ("partnership", "built_at", "ledger", "gaps")
PARTS = {
    "assessment/answers.json": ("assessments",),
    "decisions.json": ("items", "decisions", "approvals"),
    "monitoring.json": ("watches", "cases"),
}


class Unreadable(Exception):
    """The pack cannot be read at all, or is not safe to read."""


class Report:
    """What was checked, one line each: holds, changed, missing or note."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self.facts: dict[str, Any] = {}

    def say(self, state: str, sentence: str) -> None:
        self.lines.append((state, sentence))

    def judge(self, problems: list[str], good: str) -> None:
        """Say `good` when there are no problems, otherwise the first twenty of them."""
        for problem in problems[:20]:
            self.say("changed", problem)
        if len(problems) > 20:
            self.say("changed", f"... and {len(problems) - 20} more of this kind.")
        if not problems:
            self.say("holds", good)

    @property
    def code(self) -> int:
        states = {state for state, _ in self.lines}
        return CHANGED if "changed" in states else INCOMPLETE if "missing" in states else GOOD


# --- opening a zip or a folder ----------------------------------------------------------------------------------------


class Pack:
    """The files of a pack: their sizes by name, and their bytes."""

    sizes: dict[str, int]

    def open(self, name: str) -> IO[bytes]:
        raise NotImplementedError

    def find_container_problems(self) -> list[str]:
        return []


class Folder(Pack):
    """An unpacked pack. Links are refused, so that nothing outside the folder is read."""

    def __init__(self, path: str) -> None:
        self.path, self.sizes = path, {}
        for where, folders, files in os.walk(path):
            for name in folders + files:
                full = os.path.join(where, name)
                if os.path.islink(full):
                    raise Unreadable(f"{name} is a link; a pack holds only files.")
                if name in files and name not in LEFT_BY_SYSTEMS:
                    inside = os.path.relpath(full, path).replace(os.sep, "/")
                    self.sizes[inside] = os.path.getsize(full)
        check_limits(self.sizes)

    def open(self, name: str) -> IO[bytes]:
        return open(os.path.join(self.path, *name.split("/")), "rb")


class Zip(Pack):
    """A pack as it was downloaded. Names that lead elsewhere, twins, links and bombs are refused."""

    def __init__(self, path: str) -> None:
        self.path, self.sizes = path, {}
        try:
            self.zip = zipfile.ZipFile(path)
        except BROKEN as error:
            raise Unreadable(f"{path} cannot be opened as a zip: {error}") from error
        for info in self.zip.infolist():
            check_name(info.filename)
            if info.filename in self.sizes:
                raise Unreadable(f"The zip holds {info.filename} twice.")
            if info.flag_bits & 1 or (info.external_attr >> 28) == 0o12:
                raise Unreadable(f"{info.filename} is locked or a link; a pack holds only plain files.")
            self.sizes[info.filename] = info.file_size
        check_limits(self.sizes)

    def open(self, name: str) -> IO[bytes]:
        return self.zip.open(name)

    def find_container_problems(self) -> list[str]:
        """The zip is written anew from its contents: a single byte that differs was not written by ALGOCARE."""
        try:
            with tempfile.TemporaryFile() as anew, open(self.path, "rb") as given:
                self._write_anew(anew)
                same = all(one == other for one, other in both(blocks(anew), blocks(given)))
        except BROKEN:
            same = False
        sentence = "The zip itself is not as it was written: it was altered or packed again. Unpack it and check the "
        return [] if same else [sentence + "folder to see whether its contents hold."]

    def _write_anew(self, file: IO[bytes]) -> None:
        with zipfile.ZipFile(file, "w") as target:
            for name in sorted(self.sizes):
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.create_system, info.external_attr = 3, 0o100644 << 16
                with self.open(name) as source:
                    target.writestr(info, source.read())
        file.seek(0)


def both(one: Iterator[bytes], other: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Pairs of blocks until both streams have ended."""
    while True:
        pair = next(one, b""), next(other, b"")
        yield pair
        if pair == (b"", b""):
            return


def blocks(file: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: file.read(1 << 20), b"")


def check_name(name: str) -> None:
    parts = name.split("/")
    bad = not name or "\\" in name or ":" in name or "\0" in name or {"", ".", ".."} & set(parts)
    if bad or any(ord(letter) < 32 for letter in name):
        raise Unreadable(f"The zip holds a file called {name!r}, which could lead outside its folder.")


def check_limits(sizes: dict[str, int]) -> None:
    large = [name for name, size in sizes.items() if size > LARGEST_FILE]
    if large or len(sizes) > MOST_FILES or sum(sizes.values()) > LARGEST_PACK:
        raise Unreadable("The pack is larger than this program reads (%s)." % (large[0] if large else "all files"))


def open_pack(path: str) -> Pack:
    if os.path.isdir(path):
        return Folder(path)
    if not os.path.isfile(path):
        raise Unreadable(f"There is no file or folder {path}.")
    return Zip(path)


# --- files and manifest -----------------------------------------------------------------------------------------------


def read_json(pack: Pack, name: str, report: Report) -> Any:
    """The parsed file, or None when it is not there or not readable; both are said."""
    if name not in pack.sizes:
        report.say("missing", f"{name} is missing.")
        return None
    try:
        if pack.sizes[name] > LARGEST_TEXT:
            raise ValueError("larger than this program reads")
        with pack.open(name) as file:
            return json.loads(file.read().decode("utf-8"))
    except BROKEN as error:
        report.say("changed", f"{name} cannot be understood: {error}.")
        return None


def fingerprint(pack: Pack, name: str) -> str:
    digest = hashlib.sha256()
    with pack.open(name) as file:
        for block in blocks(file):
            digest.update(block)
    return digest.hexdigest()


def check_files(pack: Pack, manifest: Any, report: Report, expected: str | None) -> None:
    """Every file the manifest lists is there, is the one it lists, and there is no other."""
    own = fingerprint(pack, "manifest.json")
    report.facts["manifest_sha256"] = own
    if expected:
        wrong = f"The manifest's SHA-256 is {own}, not the one that was noted: this is another pack."
        report.judge([] if own == expected else [wrong], "The manifest is the one that was noted.")
    listed = {entry["path"]: entry for entry in manifest["files"]}
    problems = ["manifest.json lists a file twice."] if len(listed) != len(manifest["files"]) else []
    with pack.open("manifest.json") as file:
        if file.read() != in_form(manifest):
            problems.append("manifest.json is not in the form in which it is written.")
    for name in sorted(listed):
        if name not in pack.sizes:
            report.say("missing", f"{name} is missing.")
        elif pack.sizes[name] != listed[name]["bytes"] or not same_file(pack, name, listed[name]["sha256"]):
            problems.append(f"{name} is not the file that the manifest lists.")
    for name in sorted(set(pack.sizes) - set(listed) - {"manifest.json"}):
        problems.append(f"{name} was added: the manifest does not list it.")
    report.judge(problems, f"The files present are the {len(listed)} that the manifest lists, byte for byte.")
    report.judge(pack.find_container_problems(), "Nothing was put around or between the files.")


def same_file(pack: Pack, name: str, expected: str) -> bool:
    try:
        return fingerprint(pack, name) == expected
    except BROKEN:
        return False


def in_form(value: Any) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8")


def check_manifest_shape(manifest: Any) -> None:
    if not isinstance(manifest, dict) or manifest.get("format") != "algocare-pack/1":
        raise Unreadable("manifest.json is not of the form algocare-pack/1, the only one this program knows.")
    ledger, files = manifest.get("ledger"), manifest.get("files")
    if not isinstance(ledger, dict) or not isinstance(ledger.get("entries"), int) or not isinstance(files, list):
        raise Unreadable("manifest.json lacks its ledger or its files.")
    if not all(isinstance(one, dict) and {"path", "sha256", "bytes"} <= set(one) for one in files):
        raise Unreadable("manifest.json lacks its ledger or its files.")


# --- the chain --------------------------------------------------------------------------------------------------------


class Entry:
    """One entry of this model in the ledger."""

    def __init__(self, number: int, body: Any) -> None:
        self.number, self.kind, self.actor = number, body["kind"], body["actor"]
        self.at, self.facts = datetime.fromisoformat(body["at"]), body["facts"]

    def before(self, other: Entry) -> bool:
        """Stands before `other`; acts within moments of each other may stand in either order."""
        close = abs(self.at - other.at) <= CROSSING
        return close or (self.number < other.number and self.at <= other.at)


class Group:
    """Changes of one use's stage within moments of each other, and the stage after them."""

    def __init__(self, changes: list[Entry], after: str) -> None:
        self.changes, self.after = changes, after


def check_chain(pack: Pack, manifest: Any, report: Report, expected: str | None) -> list[Entry] | None:
    """Follow the chain from its start, hash every entry that is shown, and give back this model's entries."""
    if "ledger/chain.jsonl" not in pack.sizes:
        report.say("missing", "ledger/chain.jsonl is missing: the record cannot be held against the ledger.")
        return None
    head, number = START, 0
    heads: set[str] = set()
    shown: list[Entry] = []
    problems: list[str] = []
    try:
        with pack.open("ledger/chain.jsonl") as file:
            for line in file:
                link = json.loads(line.decode("utf-8"))
                problems += find_link_problems(link, number, head)
                head, number = link["chain_hash"], number + 1
                heads.update({head} if head == expected else ())
                if link["body"] is not None:
                    problems += add_entry(link, manifest["model"], shown)
    except (KeyError, TypeError, AttributeError, *BROKEN) as error:
        problems.append(f"Line {number + 1} of ledger/chain.jsonl cannot be understood: {error!r}.")
    if (number, head) != (manifest["ledger"]["entries"], manifest["ledger"].get("head")):
        problems.append(f"The chain ends after {number} entries at another head than the manifest says.")
    report.facts.update(head=head, entries=number, shown=len(shown))
    report.judge(problems, f"The chain of {number} ledger entries is whole; {len(shown)} are about this model.")
    if expected and not problems:
        check_noted(expected, head, expected in heads, report)
    return None if problems else shown


def find_link_problems(link: Any, number: int, head: str) -> list[str]:
    problems = []
    if link["number"] != number:
        problems.append("Entry {} stands where entry {} should be.".format(link["number"], number))
    if not HEX.fullmatch(link["entry_hash"]) or not HEX.fullmatch(link["chain_hash"]):
        raise ValueError("a hash is not 64 hexadecimal digits")
    if hashlib.sha256(bytes.fromhex(head + link["entry_hash"])).hexdigest() != link["chain_hash"]:
        problems.append(f"The chain is broken at entry {number}.")
    return problems


def add_entry(link: Any, model: str, shown: list[Entry]) -> list[str]:
    if hashlib.sha256(link["body"].encode("utf-8")).hexdigest() != link["entry_hash"]:
        return ["Entry {} was changed after it was written.".format(link["number"])]
    body = json.loads(link["body"])
    if body["model"] != model:
        return ["Entry {} is about another model.".format(link["number"])]
    shown.append(Entry(link["number"], body))
    return []


def check_noted(expected: str, head: str, inside: bool, report: Report) -> None:
    if expected == head:
        report.say("holds", "The ledger's head is the one that was noted.")
    elif inside:
        report.say("holds", "The noted head stands earlier in the chain: nothing up to it was changed or removed.")
    else:
        report.say("changed", "The chain does not contain the noted head: entries were removed or replaced.")


# --- the story the entries tell ---------------------------------------------------------------------------------------


def check_story(entries: list[Entry], report: Report) -> None:
    """Replay this model's entries: may each thing have happened when it happened?"""
    kinds: dict[str, list[Entry]] = collections.defaultdict(list)
    for entry in entries:
        kinds[entry.kind].append(entry)
    lives, problems = follow_stages(kinds["stage_changed"])
    report.judge(problems, f"The changes of stage ({len(kinds['stage_changed'])}) follow one another.")
    scores, votes, decisions = kinds["score_given"], kinds["vote_cast"], kinds["decision_recorded"]
    problems = [problem for score in scores for problem in find_score_problems(score, kinds, lives)]
    good = f"Each score ({len(scores)}) names an approval that stood, for a use that was not stopped, "
    report.judge(problems + find_shown_problems(kinds), good + "computed with the registered file.")
    good = f"No vote ({len(votes)}) was cast by the model's owner or deputy, by a member who withdrew, or twice."
    report.judge(find_vote_problems(kinds), good)
    problems = [problem for decision in decisions for problem in find_decision_problems(decision, kinds)]
    report.judge(problems, f"Each decision ({len(decisions)}) follows a closed vote.")
    for approval in kinds["approval_granted"]:
        number, use = approval.facts["approval"], approval.facts["use"]
        if not any(one.facts["use"] == use and one.before(approval) for one in decisions):
            report.say("note", f"No decision of the committee stands before approval {number}.")


def follow_stages(changes: list[Entry]) -> tuple[dict[str, list[Group]], list[str]]:
    """For each use its groups of changes with the stage after each; and where a change does not fit."""
    lives: dict[str, list[Group]] = collections.defaultdict(list)
    problems: list[str] = []
    for change in changes:
        if str(change.facts["thing"]).startswith("use:"):
            groups = lives[change.facts["thing"]]
            if groups and abs(groups[-1].changes[-1].at - change.at) <= CROSSING:
                groups[-1].changes.append(change)
            else:
                groups.append(Group([change], ""))
    for thing, groups in lives.items():
        stage = "registered"
        for group in groups:
            stage, fits = stage_after(stage, [one.facts for one in group.changes])
            group.after = stage
            if not fits:
                problems.append(f"Entry {group.changes[0].number}: {thing} cannot take this step from where it was.")
    return lives, problems


def stage_after(stage: str, steps: list[dict[str, str]]) -> tuple[str, bool]:
    """The stage after steps whose order within a moment is unknown: where more lead to than from."""
    balance: dict[str, int] = collections.Counter()
    for step in steps:
        balance[step["to"]] += 1
        balance[step["from"]] -= 1
    ends = [name for name, count in balance.items() if count > 0]
    starts = [name for name, count in balance.items() if count < 0]
    if not ends:
        return stage, stage in balance
    return ends[0], starts == [stage] and len(ends) == 1


def was_open(groups: Sequence[Group], score: Entry) -> bool:
    """Whether a use was approved when a score was given: by its place in the ledger and by the clock."""
    by_place = by_clock = "registered"
    for group in groups:
        near = [one.facts for one in group.changes if abs(one.at - score.at) <= CROSSING]
        if any("approved" in (step["from"], step["to"]) for step in near):
            return True
        by_place = group.after if group.changes[-1].number < score.number else by_place
        by_clock = group.after if group.changes[-1].at < score.at else by_clock
    return by_place == by_clock == "approved"


def find_score_problems(score: Entry, kinds: dict[str, list[Entry]], lives: dict[str, list[Group]]) -> list[str]:
    facts = score.facts
    name = "Score {} (entry {}) ".format(facts["score"], score.number)
    granted = [one for one in kinds["approval_granted"] if one.facts["approval"] == facts["approval"]]
    if not granted or not granted[0].before(score):
        return [name + "names approval {}, which had not been granted.".format(facts["approval"])]
    problems, terms = [], granted[0].facts
    if (terms["use"], terms["version"]) != (facts["use"], facts["version"]):
        problems.append(name + "names an approval of another use or version.")
    if london_day(score.at) > date.fromisoformat(terms["expires_on"]):
        problems.append(name + "was given after its approval had ended on {}.".format(terms["expires_on"]))
    if any(replaces(one, granted[0], score) for one in kinds["approval_granted"]):
        problems.append(name + "names an approval that had been replaced.")
    if not was_open(lives.get(f"use:{facts['use']}", []), score):
        problems.append(name + "was given while the use was not approved.")
    versions = [one for one in kinds["model_registered"] if one.facts["version"] == facts["version"]]
    if [one.facts["artefact"] for one in versions] != [facts["artefact"]]:
        problems.append(name + "was not computed with the model file that was registered.")
    return problems


def find_shown_problems(kinds: dict[str, list[Entry]]) -> list[str]:
    """Scores that were given in the shadow, which nobody sees, and were looked at or judged all the same."""
    shadow = {one.facts["approval"] for one in kinds["approval_granted"] if one.facts.get("permission") == "shadow"}
    hidden = {one.facts["score"] for one in kinds["score_given"] if one.facts["approval"] in shadow}
    shown = [one for kind in ("score_viewed", "judgement_recorded") for one in kinds[kind]]
    told = "Entry {}: score {} was given in the shadow, and somebody saw it."
    return [told.format(one.number, one.facts["score"]) for one in shown if one.facts.get("score") in hidden]


def replaces(other: Entry, granted: Entry, score: Entry) -> bool:
    """Whether `other` is a newer approval of the same use that stood clearly before the score."""
    newer = other.facts["use"] == granted.facts["use"] and granted.at + CROSSING < other.at
    return newer and other.at + CROSSING < score.at and other.number < score.number


def london_day(at: datetime) -> date:
    """The day in London: summer time runs from the last Sunday of March to the last of October, from 1am UTC."""
    first, last = (datetime(at.year, month, 31, 1, tzinfo=timezone.utc) for month in (3, 10))
    first, last = (day - timedelta(days=(day.weekday() + 1) % 7) for day in (first, last))
    return (at.astimezone(timezone.utc) + timedelta(hours=1 if first <= at < last else 0)).date()


def find_vote_problems(kinds: dict[str, list[Entry]]) -> list[str]:
    owners = {one.facts[role] for one in kinds["model_registered"] for role in ("owner", "deputy")}
    declared = kinds["interest_declared"]
    withdrew = {(one.facts["item"], one.actor) for one in declared if one.facts["declared"] == "withdrew"}
    problems: list[str] = []
    seen: set[tuple[Any, str]] = set()
    for vote in kinds["vote_cast"]:
        key = (vote.facts["item"], vote.actor)
        if vote.actor in owners:
            problems.append(f"Entry {vote.number}: the model's owner or deputy ({vote.actor}) voted on it.")
        if key in withdrew:
            problems.append(f"Entry {vote.number}: {vote.actor} voted after declaring an interest and withdrawing.")
        if key in seen:
            problems.append(f"Entry {vote.number}: {vote.actor} voted twice on item {key[0]}.")
        seen.add(key)
    return problems


def find_decision_problems(decision: Entry, kinds: dict[str, list[Entry]]) -> list[str]:
    item = decision.facts["item"]
    name = f"Entry {decision.number}: the decision on item {item} "
    closed = [one for one in kinds["vote_closed"] if one.facts["item"] == item and one.before(decision)]
    votes = [one for one in kinds["vote_cast"] if one.facts["item"] == item]
    if not closed or not votes:
        return [name + "does not follow a closed vote."]
    counted = {closed[-1].facts["votes"], sum(decision.facts["tally"].values())}
    lapsed = closed[-1].facts.get("lapsed", 0)  # votes of members whose term ended before the vote was closed
    if counted != {len(votes) - lapsed}:
        return [name + f"does not rest on the {len(votes)} votes that were cast."]
    return []


# --- the record held against the ledger -------------------------------------------------------------------------------

AGAINST_LEDGER = (
    ("versions", "model_registered", ("number", "artefact_sha256"), ("version", "artefact")),
    ("evaluations", "evaluation_computed", ("version", "figures_sha256"), ("version", "figures_sha256")),
    ("assessments", "assessment_submitted", ("id", "answers_sha256"), ("assessment", "answers_sha256")),
    ("decisions", "decision_recorded", ("item", "outcome", "fingerprint"), ("item", "outcome", "fingerprint")),
    ("approvals", "approval_granted", ("id", "use", "expires_on", "fingerprint"),
                                      ("approval", "use", "expires_on", "fingerprint")),
    ("watches", "watch_run", ("id", "verdict", "result_sha256"), ("run", "verdict", "result_sha256")),
    ("plans", "plan_registered", ("number", "version", "content_sha256"), ("plan", "version", "content_sha256")),
    ("validations", "validation_computed", ("id", "code", "report_sha256"), ("validation", "code", "report_sha256")),
    ("impacts", "impact_entered", ("id", "kind", "review_on"), ("impact", "document", "review_on")),
    ("attestations", "attested", ("id", "opened_on"), ("attestation", "opened_on")),
    ("suspensions", "suspension_kept", ("id", "use", "kind"), ("suspension", "use", "suspension_kind")),
)  # fmt: skip
COUNTED = (
    ("scores", "score_given", None, None),
    ("refusals", "score_refused", "by_code", "code"),
    ("viewings", "score_viewed", None, None),
    ("judgements", "judgement_recorded", "by_view", "view"),
)
DIGESTED = (
    ("evaluations", "figures_sha256", "figures"),
    ("watches", "result_sha256", "result"),
    ("plans", "content_sha256", "content"),
)


def check_record(pack: Pack, manifest: Any, record: Any, report: Report) -> None:
    """The record, its parts and the manifest say the same, and the figures are those that were computed."""
    told = {"model": record["model"]["slug"], **{name: record[name] for name in SHARED}}
    problems = [
        f"manifest.json and record.json differ in: {name}." for name in told if manifest.get(name) != told[name]
    ]
    for name, parts in sorted(PARTS.items()):
        part = read_json(pack, name, report)
        if part is not None and part != {key: record[key] for key in parts}:
            problems.append(f"{name} and record.json differ.")
    problems += find_evidence_problems(manifest, record)
    problems += [
        f"The answers of assessment {one['id']} are not the ones that were submitted."
        for one in record["assessments"]
        if one["answers_sha256"] and answers_digest(one) != one["answers_sha256"]
    ]
    for kind, digest, content in DIGESTED:
        for row in record.get(kind, []):  # packs of the first releases hold no plans
            if not row.get("withheld") and content_digest(row[content]) != row[digest]:
                problems.append(f"A {content} in record.json is not the one whose fingerprint was recorded.")
    report.judge(problems, "The record, its parts and the manifest agree with each other.")


def find_evidence_problems(manifest: Any, record: Any) -> list[str]:
    listed = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    files = [one for assessment in record["assessments"] for one in assessment["evidence"] if one["path"]]
    wrong = [one["path"] for one in files if listed.get(one["path"]) != one["file_sha256"]]
    return [f"The evidence {path} is not the file that was handed in." for path in wrong]


def check_record_against(record: Any, entries: list[Entry], report: Report) -> None:
    """What the record lists stands in the ledger, and the other way round."""
    problems = []
    for part, kind, names, facts in AGAINST_LEDGER:
        recorded = {tuple(entry.facts[fact] for fact in facts) for entry in entries if entry.kind == kind}
        told = {tuple(row[name] for name in names) for row in record.get(part, [])}
        claimed = {row for row in told if None not in row}
        problems += [f"record.json lists {part} ({row[0]}) as the ledger does not." for row in claimed - recorded]
        left_out = {row[0] for row in recorded} - {row[0] for row in told}
        problems += [f"The ledger holds {part} ({one}) that record.json leaves out." for one in left_out]
    problems += find_extent_problems(record, entries)
    good = "Versions, figures, plans, answers, decisions, approvals and watches are those in the ledger."
    report.judge(sorted(problems), good)


def find_extent_problems(record: Any, entries: list[Entry]) -> list[str]:
    """Approvals that are told to go further than the ledger says; entries of the first releases do not say how far."""
    granted = {entry.facts["approval"]: entry.facts for entry in entries if entry.kind == "approval_granted"}
    problems = []
    for row in record["approvals"]:
        facts = granted.get(row["id"], {})
        told = (row.get("permission"), content_digest(row.get("terms")))
        if "permission" in facts and told != (facts["permission"], facts["terms"]):
            problems.append(f"record.json tells how far approval {row['id']} goes as the ledger does not.")
    return problems


def check_counts(counts: Any, record: Any, entries: list[Entry], report: Report) -> None:
    """Scores, refusals, viewings and judgements are as many as the ledger holds, split as it splits them."""
    problems = [] if counts == record["counts"] else ["counts.json and record.json differ."]
    for what, kind, split, fact in COUNTED:
        found = [entry for entry in entries if entry.kind == kind]
        told = counts[what]["total"]
        if told != len(found):
            problems.append(f"counts.json says {told} {what}; the ledger holds {len(found)}.")
        elif split and counts[what][split] != collections.Counter(one.facts[fact] for one in found):
            problems.append(f"counts.json splits the {what} otherwise than the ledger.")
    report.judge(problems, "The counts of scores, refusals, viewings and judgements are those of the ledger.")


def answers_digest(assessment: Any) -> str:
    """SHA-256 of a round of answers and its evidence, as it was taken when they were submitted."""
    given = [one for one in assessment["answers"] if one["answered"]]
    answers = [
        [one["code"], one["choice"], one["text"], *([one["value"]] if one.get("value") else [])] for one in given
    ]
    said = {
        "questionnaire": assessment["questionnaire"],
        "answers": sorted(answers, key=lambda one: one[0]),
        "evidence": sorted(evidence_content(one) for one in assessment["evidence"]),
    }
    if assessment.get("permission"):
        said |= {"permission": assessment["permission"], "terms": assessment["terms"]}
    return content_digest(said)


def evidence_content(one: Any) -> list[str]:
    """What a piece of evidence is; its kind, version and days were added later and count only where they are given."""
    names = ("code", "title", "text", "link", "file_name", "file_sha256")
    later = [one.get(name) or "" for name in ("kind", "document_version", "effective_on", "expires_on")]
    return [*(one[name] or "" for name in names), *(later if any(later) else [])]


def content_digest(value: Any) -> str:
    """SHA-256 of the canonical form: sorted keys, no spaces, fractions as text."""
    text = json.dumps(without_fractions(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def without_fractions(value: Any) -> Any:
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {key: without_fractions(one) for key, one in value.items()}
    return [without_fractions(one) for one in value] if isinstance(value, list) else value


# --- all of it --------------------------------------------------------------------------------------------------------


def verify(path: str, head: str | None = None, manifest_sha256: str | None = None) -> Report:
    """Check the pack at `path` and return the report; raises Unreadable when it cannot be read."""
    report, pack = Report(), open_pack(path)
    manifest = read_json(pack, "manifest.json", report)
    if manifest is None:
        return report
    check_manifest_shape(manifest)
    report.facts.update(model=manifest.get("model"), built_at=manifest.get("built_at"))
    check_files(pack, manifest, report, manifest_sha256)
    entries = check_chain(pack, manifest, report, head)
    record, counts = read_json(pack, "record.json", report), read_json(pack, "counts.json", report)
    try:
        if record is not None:
            check_record(pack, manifest, record, report)
        if entries is not None:
            check_story(entries, report)
            if record is not None:
                check_record_against(record, entries, report)
            if record is not None and counts is not None:
                check_counts(counts, record, entries, report)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        report.say("changed", f"The record or an entry lacks something it must have: {error!r}.")
    return report


VERDICTS = {
    GOOD: "Everything holds.",
    CHANGED: "Something was changed. Do not rely on this pack; ask the partnership for it again.",
    INCOMPLETE: "Something is missing. What is here was not changed, but not everything could be checked.",
}
WORDS = {"holds": "HOLDS  ", "changed": "CHANGED", "missing": "MISSING", "note": "NOTE   "}


def show(report: Report, as_json: bool) -> None:
    if as_json:
        checks = [{"state": state, "sentence": sentence} for state, sentence in report.lines]
        answer = {"exit_code": report.code, "verdict": VERDICTS[report.code], "checks": checks, **report.facts}
        sys.stdout.write(json.dumps(answer, indent=2, sort_keys=True) + "\n")
        return
    lines = [f"{WORDS[state]}  {sentence}" for state, sentence in report.lines]
    facts = report.facts
    lines += ["", VERDICTS[report.code], f"Model: {facts.get('model')}. Built at: {facts.get('built_at')}."]
    lines += [f"Manifest SHA-256: {facts.get('manifest_sha256')}", f"Ledger head: {facts.get('head')}"]
    lines += ["Compare these two with what was noted outside the pack, for example in minutes."]
    sys.stdout.write("\n".join(lines) + "\n")


class Parser(argparse.ArgumentParser):
    """A wrong command ends in 3, because 2 means that something is missing from the pack."""

    def error(self, message: str) -> NoReturn:
        self.exit(UNREADABLE, f"{message}\n{self.format_usage()}")


def hexadecimal(text: str) -> str:
    if not HEX.fullmatch(text.strip().lower()):
        raise argparse.ArgumentTypeError(f"expected 64 hexadecimal digits, not {text!r}")
    return text.strip().lower()


def main(arguments: list[str] | None = None) -> int:
    own_folder = os.path.dirname(os.path.abspath(__file__))
    parser = Parser(description="Check a compliance pack of ALGOCARE.")
    parser.add_argument("pack", nargs="?", default=own_folder, help="zip or folder; default: the folder of this file")
    parser.add_argument("--head", type=hexadecimal, help="ledger head noted outside the pack")
    parser.add_argument("--manifest", type=hexadecimal, help="manifest's SHA-256 noted outside the pack")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    chosen = parser.parse_args(arguments)
    try:
        report = verify(chosen.pack, chosen.head, chosen.manifest)
    except (Unreadable, OSError) as error:
        answer = {"exit_code": UNREADABLE, "verdict": "This cannot be read as a pack.", "problem": str(error)}
        sys.stdout.write(json.dumps(answer) + "\n" if chosen.json else f"CANNOT BE READ  {error}\n")
        return UNREADABLE
    show(report, chosen.json)
    return report.code


if __name__ == "__main__":
    sys.exit(main())
