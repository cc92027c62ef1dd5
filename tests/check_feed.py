#!/usr/bin/env python3
"""Holds an Atom feed on standard input against what RFC 4287 asks of one, and prints its entries as
JSON. It knows the RFC and XML, and nothing of the program that wrote the feed."""

import json
import re
import sys
import xml.etree.ElementTree as xml

ATOM, XHTML = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/1999/xhtml}"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
IRI = re.compile(r"[a-z][a-z0-9+.-]*:\S+$")


def one(parent, name):
    found = parent.findall(ATOM + name)
    assert len(found) == 1, f"{len(found)} {name} in {parent.tag}"
    return found[0]


def text(parent, name):
    node = one(parent, name)
    assert node.get("type", "text") == "text" and len(node) == 0, f"{name} is no plain text"
    assert node.text and node.text.strip() == node.text, f"{name} is empty or padded"
    return node.text


def date(parent, name):
    written = text(parent, name)
    assert DATE.match(written), f"{name} is no date: {written}"
    return written


def identity(parent):
    name = text(parent, "id")
    assert IRI.match(name), f"no absolute IRI: {name}"
    return name


def links(parent, relation):
    return [link for link in parent.findall(ATOM + "link") if link.get("rel", "alternate") == relation]


def words(entry):
    content = one(entry, "content")
    assert content.get("type") == "xhtml" and not (content.text or "").strip(), "content is no XHTML"
    assert [child.tag for child in content] == [XHTML + "div"], "content is not one div"
    assert all(node.tag.startswith(XHTML) for node in content.iter() if node is not content)
    return " ".join(part.strip() for part in content.itertext() if part.strip())


feed = xml.fromstring(sys.stdin.buffer.read())
assert feed.tag == ATOM + "feed", feed.tag
names, updated = {identity(feed)}, date(feed, "updated")
text(feed, "title")
text(one(feed, "author"), "name")
(own,) = links(feed, "self")
assert own.get("href") and own.get("type") == "application/atom+xml"
assert len(links(feed, "alternate")) == 1

entries = []
for entry in feed.findall(ATOM + "entry"):
    name = identity(entry)
    assert name not in names, f"twice: {name}"
    names.add(name)
    published, touched = date(entry, "published"), date(entry, "updated")
    assert published <= touched <= updated, f"{published} {touched} {updated}"
    (page,) = links(entry, "alternate")
    entries.append({
        "id": name, "title": text(entry, "title"), "page": page.get("href"), "published": published,
        "updated": touched, "words": words(entry),
    })
assert entries == sorted(entries, key=lambda one: one["published"], reverse=True), "not newest first"
print(json.dumps(entries))
