#!/usr/bin/env python3
"""Verifies an export of Muster timelines, written from docs/TIMELINE-FORMAT.md alone.

usage: verify_chain.py export.jsonl [heads.json]
"""
import hashlib, json, struct, sys, uuid
from datetime import datetime, timedelta, timezone

def sha(*fields):
    return hashlib.sha256(b"".join(struct.pack(">I", len(f)) + f for f in fields)).digest()

def micros(text):
    at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    return struct.pack(">q", (at - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1))

def entry_hash(e):
    return sha(b"muster-entry-v1", uuid.UUID(e["stream"]).bytes, struct.pack(">q", e["seq"]), uuid.UUID(e["id"]).bytes,
               e["kind"].encode(), e["actor"].encode(), micros(e["occurred"]), micros(e["recorded"]),
               bytes.fromhex(e["digest"]), bytes.fromhex(e["previous"])).hex()

def body_wrong(e):
    return "body" in e and e["digest"] != sha(b"muster-body-v1", bytes.fromhex(e["salt"]), e["body"].encode()).hex()

def check_stream(head, entries, seen):
    heads = [h for h in [head, *seen] if h["stream"] == head["stream"]]
    before, agreed, due = "00" * 32, 0, 1
    for e in entries:
        n = e["seq"]
        known = [h["hash"] for h in heads if h["seq"] == n]
        for wrong, why in [
            (e["stream"] != head["stream"], f"entry {n} belongs to another stream"),
            (n > due, f"entry {due} is missing"),
            (n < due, f"entry {n} is out of place"),
            (n > head["seq"], f"entry {n} stands after the head"),
            (e["hash"] != entry_hash(e), f"entry {n} was altered"),
            (body_wrong(e), f"entry {n}: its body was altered"),
            (e["previous"] != before, f"entry {n} does not follow from the entry before it, which was replaced"),
            (any(h != e["hash"] for h in known),
             f"entry {n} was rewritten: a head has another hash for it; {agreed} still agrees"),
        ]:
            if wrong:
                return why
        before, agreed, due = e["hash"], n if known else agreed, n + 1
    last = max(h["seq"] for h in heads)
    return f"entry {due} is missing: a head says there are {last}" if last >= due else None

def main(export, heads=None):
    seen = json.load(open(heads, encoding="utf-8"))["heads"] if heads else []
    streams = []
    for number, text in enumerate(open(export, encoding="utf-8", newline="\n"), 1):
        try:
            line = json.loads(text)
            if "format" in line and line["format"] == 1:
                streams.append((line, []))
            else:
                streams[-1][1].append((entry_hash(line), line)[1])
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, struct.error) as why:
            return f"line {number} can't be read: {why!r}"
    if not streams:
        return "line 1 is missing: there is no head"
    for head, entries in streams:
        if why := check_stream(head, entries, seen):
            return why
    entries = [e for _, entries in streams for e in entries]
    erased = sum("body" not in e for e in entries)
    print(f"whole: {len(entries)} entries" + (f", {erased} without their body" if erased else ""))

if __name__ == "__main__":
    if why := main(*sys.argv[1:]):
        sys.exit(print(f"broken: {why}") or 1)
