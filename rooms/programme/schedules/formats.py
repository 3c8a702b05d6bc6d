"""Recognises files that are not schedules, so that the error names the chosen format and those that Plenary reads."""

import re
from collections.abc import Mapping
from typing import NoReturn, cast

from rooms.core.files.faults import Fault
from rooms.core.text import N_
from rooms.programme.schedules.schedule import ScheduleFaults

READS = N_("Plenary reads the schedules of frab, pretalx, pentabarf and compatible programs, as JSON or XML.")

_FEED = N_("This is a news feed.")
_PAGE = N_("This is a web page.")
_PICTURE = N_("This is a picture.")
_SESSIONIZE = N_("This is a Sessionize file.")
_SIGNATURES = {
    b"PK\x03\x04": N_("This is a ZIP archive or an Office document (XLSX, DOCX, ODS)."),
    b"\xd0\xcf\x11\xe0": N_("This is an old Office document (XLS, DOC)."),
    b"%PDF-": N_("This is a PDF file."),
    b"BEGIN:VCALENDAR": N_("This is an iCalendar file."),
    b"\x89PNG": _PICTURE,
    b"\xff\xd8\xff": _PICTURE,
    b"\x1f\x8b": N_("This is a compressed file."),
}
_JSON = {
    frozenset({"talks", "rooms", "speakers"}): N_("This is the file of a pretalx schedule widget."),
    frozenset({"next", "results"}): N_("This is an answer of the pretalx API."),
    frozenset({"sessions", "speakers", "rooms"}): _SESSIONIZE,
}
_XML = {"rss": _FEED, "feed": _FEED, "svg": _PICTURE, "html": _PAGE}


def refuse_signature(data: bytes) -> None:
    """Refuses a file that is neither JSON nor XML. Raises ScheduleFaults."""
    head = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    for signature, named in _SIGNATURES.items():
        if head.startswith(signature):
            _refuse(named)
    if re.match(rb"(?i)<(!doctype\s+html|html)\b", head):
        _refuse(_PAGE)
    if not head.startswith((b"<", b"{", b"[", b'"', b"\xff", b"\xfe")) and re.search(
        rb"[,;\t]", head.partition(b"\n")[0]
    ):
        _refuse(N_("This is a table (CSV)."))


def refuse_json(tree: object) -> NoReturn:
    """Refuses a JSON file without a schedule. Raises ScheduleFaults."""
    if isinstance(tree, Mapping):
        fields = cast(Mapping[str, object], tree)
        for keys, named in _JSON.items():
            if keys <= fields.keys():
                _refuse(named)
        if fields:
            names = ", ".join(f"“{name[:40]}”" for name in list(fields)[:8])
            _refuse(N_("This is a JSON file, but not a schedule: it holds %(names)s."), names)
    first = next(iter(cast(list[object], tree) if isinstance(tree, list) else []), None)
    sessionize = isinstance(first, Mapping) and "groupName" in first
    _refuse(_SESSIONIZE if sessionize else N_("This is a JSON file, but not a schedule."))


def refuse_xml(root: str) -> NoReturn:
    """Refuses an XML file whose outermost element `root` is not a schedule. Raises ScheduleFaults."""
    name = root.rpartition("}")[2][:40]
    _refuse(
        _XML.get(name.lower(), N_("This is an XML file, but not a schedule: its outermost element is <%(names)s>.")),
        name,
    )


def _refuse(named: str, names: str = "") -> NoReturn:
    raise ScheduleFaults([Fault("", named, READS, {"names": names})])
