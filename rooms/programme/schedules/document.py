"""Parses schedule files, JSON or XML, into one tree of plain values of the same shape.

Hostile input is refused here: too large, too deep, entities, doubled keys, NaN. Raises ScheduleFaults when the file cannot be read.
"""

import json
from collections import Counter
from typing import Any, NoReturn, cast
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from rooms.core.files.faults import Fault, FaultReport
from rooms.core.text import N_
from rooms.programme.schedules.formats import READS, refuse_json, refuse_xml
from rooms.programme.schedules.schedule import ScheduleFaults

MOST_BYTES = 20 * 1024 * 1024
MOST_PARTS = 1_000_000
MOST_DEPTH = 32

Document = dict[str, object]


def parse_json(data: bytes, report: FaultReport) -> Document:
    """The file's outermost object. A key that appears twice in one object is reported as a fault."""
    # Twenty megabytes of "[],[],…" would take half a gigabyte as Python values.
    _check_size(data, parts=data.count(b"[") + data.count(b"{"))

    def pairs(items: list[tuple[str, object]]) -> Document:
        for key, count in Counter(key for key, _ in items).items():
            if count > 1:
                found = dict(items)
                place = found.get("title") or found.get("name") or found.get("guid") or ""
                report.faults.append(_doubled(place if isinstance(place, str) else "", key, N_("Keep one of them.")))
        return dict(items)

    def constant(name: str) -> NoReturn:
        _refuse(N_("The file contains %(name)s, which is not a JSON value."), N_("Enter a number, or null."), name=name)

    try:
        tree = json.loads(data, object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as error:
        _refuse(
            N_("The JSON is incomplete or malformed at line %(line)s, column %(column)s."),
            N_("Export the schedule again and transfer the whole file."),
            line=error.lineno,
            column=error.colno,
        )
    except RecursionError:
        _too_deep()
    except ValueError:
        _refuse(N_("The file is not JSON in Unicode."), N_("Export the schedule again and transfer the whole file."))
    if not isinstance(tree, dict):
        refuse_json(tree)
    return cast(Document, tree)


def parse_xml(data: bytes, report: FaultReport) -> Document:
    """The file's <schedule> in the shape of the JSON."""
    _check_size(data, parts=data.count(b"<"))
    try:
        parser = DefusedXMLParser(target=_Shallow(), forbid_dtd=True)
        parser.feed(data)
        root = parser.close()
    except DefusedXmlException:
        _refuse(
            N_("The XML declares a document type or entities, which are not accepted."), N_("Remove the declaration.")
        )
    except ParseError as error:
        line, column = error.position
        _refuse(
            N_("The XML is incomplete or malformed at line %(line)s, column %(column)s."),
            N_("Export the schedule again and transfer the whole file."),
            line=line,
            column=column + 1,
        )
    except (ValueError, LookupError):
        _refuse(N_("The file is not XML in a known encoding."), N_("Save it as UTF-8."))
    if root.tag != "schedule":
        refuse_xml(root.tag)
    return {"schedule": _Tree(report).schedule(root)}


class _Shallow(TreeBuilder):
    depth = 0

    def start(self, tag: Any, attrs: Any) -> Element:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            _too_deep()
        return super().start(tag, attrs)

    def end(self, tag: Any) -> Element:
        self.depth -= 1
        return super().end(tag)


class _Tree:
    """Brings the elements into the shape of the JSON. Unknown elements are ignored."""

    def __init__(self, report: FaultReport) -> None:
        self.warnings = report.warnings

    def schedule(self, root: Element) -> Document:
        conference = root.find("conference")
        found = self.leaves(root, "version", "base_url")
        if conference is not None:
            found["conference"] = self.conference(conference, root)
        return found

    def conference(self, element: Element, root: Element) -> Document:
        found = self.leaves(element, "acronym", "title", "start", "end", "time_zone_name", "url", "base_url")
        found |= self.leaves(element, "day_change")
        found["tracks"] = [dict(track.attrib) for track in element.iter("track")]
        found["rooms"] = rooms = [dict(room.attrib) for room in element.iter("room")]
        listed = {room.get("name") for room in rooms}
        days = root.findall("day")
        for room in root.iterfind("day/room"):
            if room.get("guid") and room.get("name") not in listed:
                listed.add(room.get("name"))
                rooms.append({"name": room.attrib["name"], "guid": room.attrib["guid"]} if room.get("name") else {})
        if days:
            found["days"] = [self.day(day) for day in days]
        return found

    def day(self, element: Element) -> Document:
        rooms: dict[str, list[Document]] = {}
        for room in element.findall("room"):
            name = room.get("name")
            if name is None:
                what = N_("This room has no name.")
                remedy = N_("Its sessions are taken without a hall.")
                self.warnings.append(Fault(element.get("date", "day"), what, remedy, {}))
            rooms.setdefault(name or "", []).extend(self.event(event) for event in room.findall("event"))
        return {
            "date": element.get("date"),
            "day_start": element.get("start"),
            "day_end": element.get("end"),
            "rooms": rooms,
        }

    def event(self, element: Element) -> Document:
        found: Document = dict(element.attrib)
        plain = ("room", "title", "subtitle", "slug", "track", "type", "language", "abstract", "description")
        found |= self.leaves(element, *plain, "date", "start", "duration", "url", "feedback_url", "logo")
        found["persons"] = [{"name": _text(person), **person.attrib} for person in element.iterfind("persons/person")]
        for name in ("link", "attachment"):
            links = element.iterfind(f"{name}s/{name}")
            found[f"{name}s"] = [{"url": link.get("href") or _text(link), "title": _text(link)} for link in links]
        recording = element.find("recording")
        if recording is not None:
            found["do_not_record"] = self.leaves(recording, "optout").get("optout")
        return found

    def leaves(self, element: Element, *names: str) -> Document:
        found: Document = {}
        for name in names:
            children = element.findall(name)
            if len(children) > 1:
                where = element.findtext("title") or element.tag
                self.warnings.append(_doubled(where, name, N_("The first one is taken.")))
            if children:
                found[name] = _text(children[0])
        return found


def _text(element: Element) -> str:
    return "".join(element.itertext())


def _doubled(where: str, key: str, remedy: str) -> Fault:
    return Fault(where[:60], N_("“%(key)s” appears twice in one place."), remedy, {"key": key[:60]})


def _check_size(data: bytes, parts: int) -> None:
    if not data.strip():
        _refuse(N_("The file is empty."), N_("Export the schedule again and transfer the whole file."))
    if len(data) > MOST_BYTES or parts > MOST_PARTS:
        _refuse(N_("The file is too large."), N_("A schedule of at most 20 MB is accepted."))


def _too_deep() -> NoReturn:
    _refuse(N_("The file is nested too deeply."), READS)


def _refuse(what: str, remedy: str, **values: object) -> NoReturn:
    raise ScheduleFaults([Fault("", what, remedy, values)])
