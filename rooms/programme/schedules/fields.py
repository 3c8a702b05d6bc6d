"""Reads the fields of a foreign file. Each value is returned clean and typed; all faults are collected in one report."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import cast
from urllib.parse import urljoin, urlsplit

from rooms.core.errors import Problem
from rooms.core.files.faults import Fault, FaultReport
from rooms.core.text import N_, clean_line, clean_text
from rooms.programme.schedules.schedule import Link

TITLE = 300
CONFERENCE_TITLE = 200
NAME = 120
WORD = 100
CODE = 60
LANGUAGE = 35
LONG_TEXT = 50_000
ADDRESS = 2_000
MOST_LINKS = 100
MOST_MINUTES = 7 * 24 * 60
YEARS = range(1970, 2200)
"""At the ends of the calendar, a moment cannot be shown in every time zone."""

_DURATION = re.compile(
    r"(?P<hours>\d{1,3}):(?P<minutes>[0-5]\d)|(?P<h>\d\d):(?P<m>[0-5]\d):00|(?P<days>\d):(?P<dh>[01]\d|2[0-3]):(?P<dm>[0-5]\d)"
)
_BARE_HOST = re.compile(r"[\w-]+(\.[\w-]+)*\.[a-z]{2,}(/|$)")


class Fields:
    """One object of a file. `where` names it for a reader, such as "2019-08-21 › Curie › Opening (10386)".

    What is missing or unreadable is reported, and an empty value is returned, so that the rest of the file is read too. A fault
    in a required field refuses the row or the file that the report is about; otherwise the field is left empty, with a warning.
    """

    def __init__(self, values: Mapping[str, object], where: str, report: FaultReport) -> None:
        self.values = values
        self.where = where
        self.report = report

    def fault(self, name: str, what: str, remedy: str, **values: object) -> None:
        self.report.faults.append(self._entry(name, what, remedy, values))

    def warn(self, name: str, what: str, remedy: str, **values: object) -> None:
        self.report.warnings.append(self._entry(name, what, remedy, values))

    def _entry(self, name: str, what: str, remedy: str, values: Mapping[str, object]) -> Fault:
        return Fault(" › ".join(filter(None, (self.where, name))), what, remedy, values)

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def missing(self, name: str, remedy: str = N_("Give it a value.")) -> None:
        self.fault(name, N_("This field is missing or empty."), remedy)

    def wrong(self, name: str, value: object, wanted: str, required: bool = False) -> None:
        """`wanted` is a translatable sentence that describes what is expected here."""
        note = self.fault if required else self.warn
        note(name, N_("“%(value)s” does not belong here."), wanted, value=_excerpt(value))

    def line(self, name: str, limit: int = TITLE, required: bool = False, cut: bool = True) -> str:
        """One line. A longer one is cut, or left out where a part of it would be of no use."""
        return self._string(name, limit, required, cut, one_line=True)

    def text(self, name: str, limit: int = LONG_TEXT) -> str:
        return self._string(name, limit, required=False, cut=True, one_line=False)

    def _string(self, name: str, limit: int, required: bool, cut: bool, one_line: bool) -> str:
        value = _in_one_language(self.values.get(name))
        if one_line and not required and (parts := _texts(value)):
            value = ", ".join(parts)
        if value is not None and not isinstance(value, str):
            self.wrong(name, value, N_("Enter a text."), required)
            return ""
        cleaned, length = _clean(value or "", limit, one_line)
        if length > limit:
            if cut:
                cleaned = _clean((value or "")[:limit], limit, one_line)[0]
            what = N_("This text is %(length)s characters long.")
            shortened = N_("It is cut to %(limit)s characters.") if cut else N_("It is left out.")
            self.warn(name, what, shortened, length=length, limit=limit)
        elif required and not cleaned:
            self.missing(name)
        return cleaned

    def number(self, name: str, most: int = 2**63 - 1) -> int | None:
        """A whole number from 0 to `most`, written as a number or as digits."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        number = whole_number(value, most)
        if number is None:
            self.wrong(name, value, N_("Enter a whole number."))
        return number

    def flag(self, name: str) -> bool:
        value = self.values.get(name)
        word = value.strip().lower() if isinstance(value, str) else value
        if word in (True, "true", "1", "yes"):
            return True
        if word not in (None, False, "", "false", "0", "no"):
            self.wrong(name, value, N_("Enter true or false."))
        return False

    def day(self, name: str) -> date | None:
        """A calendar day, from "2019-08-21" or from the first half of a date and time."""
        raw = self.line(name, WORD, required=True)
        found = self.date_or_time(name, raw) if raw else None
        return found.date() if isinstance(found, datetime) else found

    def date_or_time(self, name: str, raw: str) -> date | datetime | None:
        try:
            found = date.fromisoformat(raw) if re.fullmatch(r"\d{4}-\d\d-\d\d", raw) else datetime.fromisoformat(raw)
        except ValueError:
            found = None
        if found is None or found.year not in YEARS:
            self.wrong(name, raw, N_("Enter a date such as 2026-11-14T09:30:00+08:00."), required=True)
            return None
        return found

    def minutes(self, name: str) -> int | None:
        """A length of time in minutes, from "HH:MM", "HH:MM:00" or pretalx's "D:HH:MM" (days without a leading zero)."""
        raw = self.line(name, WORD, required=True)
        match = _DURATION.fullmatch(raw)
        if match is None:
            if raw:
                self.wrong(name, raw, N_("Enter hours and minutes, such as 00:45."), required=True)
            return None
        part = {key: int(value) for key, value in match.groupdict(default="0").items()}
        total = (
            24 * 60 * part["days"]
            + 60 * (part["hours"] + part["h"] + part["dh"])
            + part["minutes"]
            + part["m"]
            + part["dm"]
        )
        if not 0 < total <= MOST_MINUTES:
            self.wrong(name, raw, N_("A session lasts between one minute and seven days."), required=True)
            return None
        return total

    def address(self, name: str, base: str = "") -> str:
        """An http or https address; a relative one is completed with `base`.

        Anything else, such as "javascript:…", is left out.
        """
        return web_address(self.line(name, ADDRESS, cut=False), base)

    def links(self, name: str, base: str = "", hosts: bool = False) -> tuple[Link, ...]:
        """Links as objects with `url` and `title`, as pairs of both, or as bare addresses. Links that are not web addresses are left out.

        With `hosts`, "example.org" (as speakers often write it) is a site, not a path relative to the schedule.
        """
        found: list[Link] = []
        for item in self.objects(name, bare="url", pair=_link_pair):
            raw = item.line("url", ADDRESS, cut=False)
            url = web_address(f"https://{raw}" if hosts and _BARE_HOST.match(raw) else raw, base)
            if url:
                found.append(Link(url=url, title=item.line("title")))
        if len(found) > MOST_LINKS:
            many = N_("There are %(count)s links.")
            self.warn(name, many, N_("Only the first %(limit)s are taken."), count=len(found), limit=MOST_LINKS)
        return tuple(found[:MOST_LINKS])

    def objects(
        self, name: str, bare: str | None = None, pair: Callable[[str, str], dict[str, object]] | None = None
    ) -> Iterator["Fields"]:
        """The objects of a list. With `bare`, a text becomes an object with that one field; `pair` turns a pair of texts into an object."""
        value = self.values.get(name)
        if value is None or value == "":
            return
        if bare and isinstance(value, str):
            value = [value]
        if not isinstance(value, list):
            self.wrong(name, value, N_("Enter a list."), required=bare is None)
            return
        for index, item in enumerate(cast(list[object], value), start=1):
            where = f"{self.where} › {name} {index}" if self.where else f"{name} {index}"
            if bare and isinstance(item, str):
                item = {bare: item}
            if pair and len(texts := _texts(item)) == 2:
                item = pair(*texts)
            if isinstance(item, dict):
                yield Fields(cast(dict[str, object], item), where, self.report)
            else:
                wanted = N_("Enter an object with named fields.")
                Fields({}, where, self.report).wrong("", item, wanted, required=bare is None)

    def object(self, name: str, where: str) -> "Fields":
        """The object in a field, empty with a fault when there is none."""
        value = self.values.get(name)
        if value is None:
            self.missing(name)
        elif not isinstance(value, dict):
            self.wrong(name, value, N_("Enter an object with named fields."), required=True)
        return Fields(cast(dict[str, object], value) if isinstance(value, dict) else {}, where, self.report)


def whole_number(value: object, most: int = 2**63 - 1) -> int | None:
    """None for anything else, also for true and 1.5."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,19}", value):
        value = int(value)
    return value if type(value) is int and 0 <= value <= most else None


def _texts(value: object) -> list[str]:
    """The items of a list that holds texts only."""
    items = cast(list[object], value) if isinstance(value, list) else []
    texts = [item for item in items if isinstance(item, str)]
    return texts if len(texts) == len(items) else []


def _link_pair(one: str, other: str) -> dict[str, object]:
    """Programs differ on whether the title or the address comes first."""
    return {"url": one, "title": other} if web_address(one) else {"url": other, "title": one}


def web_address(raw: str, base: str = "") -> str:
    if not raw or " " in raw:
        return ""
    try:
        url = raw if urlsplit(raw).scheme else urljoin(base, raw)
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


def _clean(raw: str, limit: int, one_line: bool) -> tuple[str, int]:
    """The clean text and its length. For a text that is too long the first is empty."""
    try:
        cleaned = (clean_line if one_line else clean_text)(raw, limit)
    except Problem as problem:
        return "", cast(int, problem.values.get("length", 0))
    return cleaned, len(cleaned)


def _in_one_language(value: object) -> object:
    """Old pretalx writes {"en": "Talk", "de": "Vortrag"}; English is used if present, otherwise the first language."""
    if isinstance(value, dict):
        texts = cast(dict[str, object], value)
        return texts.get("en") or next(iter(texts.values()), None)
    return value


def _excerpt(value: object) -> str:
    shown = (
        value
        if isinstance(value, str)
        else "{…}"
        if isinstance(value, dict)
        else "[…]"
        if isinstance(value, list)
        else str(value)
    )
    return _clean(shown[:60], 60, one_line=True)[0]
