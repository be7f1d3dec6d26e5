#!/usr/bin/env python3
# Runs on Python 3.8 and later, on whatever machine somebody has: newer ways of writing are left out on purpose.
"""Check the proof of an advisory score of ALGOCARE. Needs this one file and Python 3.8 or later; no network.

    python verify_score.py PROOF.json [--head HEX] [--json]

--head is a ledger head that was noted outside the service after the score was given, for example in minutes: only with
it does the check notice a proof that was forged as a whole.

Exit code 0: everything holds. 1: something was changed. 2: something is missing. 3: it cannot be read.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import re
import sys
from typing import Any, NoReturn

GOOD, CHANGED, INCOMPLETE, UNREADABLE = 0, 1, 2, 3
FORMAT = "algocare/score-proof/1"
SCORE_FORMATS = ("algocare/advisory-score/1", "algocare/advisory-score/2")
LARGEST_FILE = 64 << 20  # bytes
HEX = re.compile(r"[0-9a-f]{64}")


class Unreadable(Exception):
    """The file is no proof of a score."""


class Report:
    """What was checked, one line each: holds, changed, missing or note."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def say(self, state: str, sentence: str) -> None:
        self.lines.append((state, sentence))

    def judge(self, good: bool, holds: str, changed: str) -> None:
        self.say("holds" if good else "changed", holds if good else changed)

    @property
    def code(self) -> int:
        states = {state for state, _ in self.lines}
        return CHANGED if "changed" in states else INCOMPLETE if "missing" in states else GOOD


def read_proof(path: str) -> dict[str, Any]:
    """The proof in a file, with every part where it belongs; anything else is unreadable."""
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise Unreadable("The file is too large to be a proof.")
        proof = json.loads(content)
    except (OSError, ValueError, RecursionError) as error:
        raise Unreadable(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(proof, dict) or proof.get("format") != FORMAT:
        raise Unreadable(f"This is no proof of the format {FORMAT}.")
    check_shape(proof)
    return proof


def check_shape(proof: dict[str, Any]) -> None:
    """Refuse a proof of which a part is missing or not what it should be."""
    entry = part_of(proof, "entry")
    texts, hashes = [proof.get("score"), entry.get("body")], [entry.get("sha256")]
    if proof.get("place") is not None:
        place = part_of(proof, "place")
        hashes += [place.get("before"), place.get("after"), part_of(proof, "head").get("chain_hash")]
        texts.append(str(place.get("number")))
    following = proof.get("following")
    hashes += following if isinstance(following, list) else [None]
    if proof.get("opened") is not None:
        opened = part_of(proof, "opened")
        part_of(opened, "advisory")
        hashes.append(opened.get("salt"))
    whole = all(isinstance(one, str) for one in texts)
    if not whole or not all(isinstance(one, str) and HEX.fullmatch(one) for one in hashes):
        raise Unreadable("The proof is not whole: a part of it is missing or not what it should be.")


def part_of(whole: dict[str, Any], name: str) -> dict[str, Any]:
    part = whole.get(name)
    if not isinstance(part, dict):
        raise Unreadable(f"The proof is not whole: it has no {name}.")
    return part


def check_entry(proof: dict[str, Any], report: Report) -> dict[str, Any]:
    """The facts of the entry, after holding the entry against its digest and the score's reference."""
    body = proof["entry"]["body"]
    good = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest() == proof["entry"]["sha256"]
    report.judge(good, "The entry is the one its digest names.", "The entry was changed: its digest is another.")
    try:
        said = json.loads(body)
        facts = said["facts"] if said["kind"] == "score_given" else {}
        named = facts["score"] == proof["score"]
    except (ValueError, KeyError, TypeError, RecursionError):
        report.say("changed", "The entry does not say that a score was given.")
        return {}
    report.judge(named, f"It says that score {proof['score']} was given.", "The entry is about another score.")
    return dict(facts)


def check_opened(proof: dict[str, Any], facts: dict[str, Any], report: Report) -> None:
    """Whether the advisory score beside the entry is the one that was given."""
    opened = proof["opened"]
    if opened is None:
        report.say("note", "The score itself is not in this file: its reader sees the band alone.")
        return
    advisory = opened["advisory"]
    if advisory.get("format") not in SCORE_FORMATS:
        report.say("changed", f"The score is of no known format: {advisory.get('format')}.")
        return
    made = hmac.new(bytes.fromhex(opened["salt"]), in_form(advisory), hashlib.sha256).hexdigest()
    same = hmac.compare_digest(made, str(facts.get("commitment")))
    report.judge(
        same,
        f"The advisory score is word for word the one that was given: {advisory.get('model')}, {advisory.get('band')}.",
        "The advisory score is not the one that was given.",
    )
    agrees = [advisory.get(one) == facts.get(other) for one, other in AGREE]
    report.judge(
        all(agrees),
        "Its approval and version are those in the entry.",
        "Approval or version are not those in the entry.",
    )


AGREE = (("reference", "score"), ("approval_id", "approval"), ("version", "version"))


def in_form(value: Any) -> bytes:
    """The canonical bytes of a value: JSON with sorted keys, no spaces, UTF-8, fractions as text."""
    text = json.dumps(without_fractions(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def without_fractions(value: Any) -> Any:
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {key: without_fractions(one) for key, one in value.items()}
    return [without_fractions(one) for one in value] if isinstance(value, list) else value


def check_chain(proof: dict[str, Any], noted: str | None, report: Report) -> None:
    """Follow the chain from the entry to the head, and say whether a noted head was met."""
    place = proof["place"]
    if place is None:
        report.say("missing", "The entry had no place in the chain yet. Fetch the proof again.")
        return
    heads = [chain(place["before"], proof["entry"]["sha256"])]
    report.judge(
        heads[0] == place["after"],
        f"It stands in the chain as entry {place['number']}.",
        "The entry does not lead to the chain hash of its place.",
    )
    for digest in proof["following"]:
        heads.append(chain(heads[-1], digest))
    good = heads[-1] == proof["head"]["chain_hash"]
    count = len(proof["following"])
    report.judge(good, f"{count} later entries lead from it to the head.", "The later entries do not lead to the head.")
    check_noted(heads, noted, report)


def check_noted(heads: list[str], noted: str | None, report: Report) -> None:
    if noted is None:
        report.say("note", f"No noted head was given. Compare this one with one noted elsewhere: {heads[-1]}")
        return
    report.judge(
        noted in heads,
        "The noted head is on the way: the score was in the ledger when it was noted.",
        "The noted head is not on the way from this entry: it is older than the score, or of another ledger.",
    )


def chain(before: str, digest: str) -> str:
    return hashlib.sha256(bytes.fromhex(before) + bytes.fromhex(digest)).hexdigest()


def verify(path: str, head: str | None = None) -> Report:
    """Check a proof and say in sentences what holds and what does not; refuse what is no proof."""
    report, proof = Report(), read_proof(path)
    check_opened(proof, check_entry(proof, report), report)
    check_chain(proof, head, report)
    return report


def show(report: Report, as_json: bool) -> None:
    """Say what was found, for people or as JSON."""
    if as_json:
        lines = [{"state": state, "sentence": sentence} for state, sentence in report.lines]
        sys.stdout.write(json.dumps({"exit_code": report.code, "checks": lines}, indent=2) + "\n")
        return
    said = [f"{state.upper():9}{sentence}" for state, sentence in report.lines]
    said.append(["Everything holds.", "This is not what was given.", "The proof is not whole yet."][report.code])
    sys.stdout.write("\n".join(said) + "\n")


class Parser(argparse.ArgumentParser):
    """Wrong arguments are unreadable, exit code 3."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"{message}\n\n{self.format_usage()}")
        sys.exit(UNREADABLE)


def hexadecimal(text: str) -> str:
    if not HEX.fullmatch(text.lower()):
        raise argparse.ArgumentTypeError("expected 64 hexadecimal digits")
    return text.lower()


def main(arguments: list[str] | None = None) -> int:
    parser = Parser(description="Check the proof of an advisory score of ALGOCARE.")
    parser.add_argument("proof", help="the file proof.json of the score")
    parser.add_argument("--head", type=hexadecimal, help="a ledger head noted outside the service")
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    given = parser.parse_args(arguments)
    try:
        report = verify(given.proof, given.head)
    except Unreadable as refusal:
        sys.stdout.write(f"CANNOT BE READ  {refusal}\n")
        return UNREADABLE
    show(report, given.json)
    return report.code


if __name__ == "__main__":
    sys.exit(main())
