"""A list of exhibitors as a table has it: a header, then one exhibitor in each row. Pure; every fault is found before anything happens."""

import re

from msgspec import Struct, field

from rooms.core.errors import Problem
from rooms.core.text import N_, clean_line
from rooms.exhibition.booths.editing import said_by
from rooms.exhibition.booths.messages import DraftBooth
from rooms.programme.schedules.schedule import Fault, FileFaults

PLAIN = ("name", "tagline", "about", "website", "country", "field", "languages")
TRANSLATED = ("name", "tagline", "about")
PLACED = ("hall", "number", "tier")
COLUMNS = ("id", *PLAIN, *PLACED, "owner")
TIERS = {"partner": 1, "sponsor": 2, "exhibitor": 3, "1": 1, "2": 2, "3": 3}

_TRANSLATION = re.compile(r"(name|tagline|about)[ _:.-]([a-z]{2,3}(?:_[A-Za-z]{2,8})?)")
_COUNTRY = re.compile(r"([A-Z]{2})?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{2,8})*")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


class Exhibitor(Struct, frozen=True):
    """One row. `said` and `placed` hold only what the file has columns for; `texts` likewise: {"zh_Hans": {"name": …}}."""

    row: int
    id: str
    name: str
    said: dict[str, object] = field(default_factory=dict[str, object])
    texts: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    placed: dict[str, object] = field(default_factory=dict[str, object])
    owner: str = ""

    @property
    def key(self) -> str:
        return self.id or self.name


class ExhibitorFaults(FileFaults):
    summary = N_("The exhibitors cannot be imported: %(count)s faults were found. Nothing was changed.")


def exhibitors(rows: list[list[str]]) -> list[Exhibitor]:
    """Raises ExhibitorFaults."""
    faults: list[Fault] = []
    header = _header(rows[0] if rows else [], faults)
    if faults:
        raise ExhibitorFaults(faults)
    found: list[Exhibitor] = []
    known: dict[str, int] = {}
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in header.items()}
        if not any(cells.values()):
            continue
        read = _exhibitor(number, cells, faults)
        if read is None:
            continue
        # Two names are the same for a reader whatever their case.
        key = f"id {read.id}" if read.id else f"name {read.name.casefold()}"
        first = known.setdefault(key, number)
        if first != number:
            what = N_("This is the exhibitor of row %(row)s again.")
            faults.append(
                _fault(number, read.name, what, N_("Keep one of them, or give each an id of its own."), row=first)
            )
        found.append(read)
    if not found and not faults:
        faults.append(Fault("", N_("The table has no exhibitors."), N_("Write one in each row below the header.")))
    if faults:
        raise ExhibitorFaults(faults)
    return found


def _header(row: list[str], faults: list[Fault]) -> dict[str, int]:
    """Column → its place."""
    header: dict[str, int] = {}
    for at, cell in enumerate(row):
        name = cell.strip()
        folded = name.casefold()
        match = _TRANSLATION.fullmatch(name) or _TRANSLATION.fullmatch(folded)
        column = f"{match[1]} {match[2]}" if match else folded
        if not name:
            continue
        if not match and column not in COLUMNS:
            remedy = N_("Columns are: %(columns)s; and name:zh_Hans and such for translations.")
            values = {"name": name[:60], "columns": ", ".join(COLUMNS)}
            faults.append(Fault("", N_("There is no column “%(name)s”."), remedy, values))
        elif column in header:
            faults.append(
                Fault("", N_("The column “%(name)s” stands there twice."), N_("Keep one of them."), {"name": name[:60]})
            )
        header[column] = at
    if not faults and "name" not in header:
        faults.append(Fault("", N_("The first row has no column “name”."), N_("Begin the table with a header.")))
    return header


def _exhibitor(number: int, cells: dict[str, str], faults: list[Fault]) -> Exhibitor | None:
    before = len(faults)
    name = cells["name"][:120]

    def wrong(what: str, remedy: str, **values: object) -> None:
        faults.append(_fault(number, name, what, remedy, **values))

    country = cells.get("country", "").upper()
    if not _COUNTRY.fullmatch(country):
        wrong(N_("“%(value)s” is no country."), N_("Write its two letters, such as SE."), value=country[:40])
    languages = [part for part in re.split(r"[,;\s]+", cells.get("languages", "")) if part]
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            wrong(N_("“%(value)s” is no language."), N_("Write tags such as en, zh."), value=language[:40])
    tier = TIERS.get(cells.get("tier", "").casefold() or "3")
    if tier is None:
        wrong(N_("“%(value)s” is no tier."), N_("Write partner, sponsor or exhibitor."), value=cells["tier"][:40])
    owner = cells.get("owner", "")
    if owner and not _ADDRESS.fullmatch(owner):
        wrong(N_("“%(value)s” is no address."), N_("Write the owner's e-mail address."), value=owner[:40])
    texts: dict[str, dict[str, str]] = {}
    for column, cell in cells.items():
        text, _, locale = column.partition(" ")
        if locale:
            texts.setdefault(locale, {})[text] = cell
    placed: dict[str, object] = {"tier": tier} if "tier" in cells else {}
    said: dict[str, object] = {}
    try:
        draft = {text: cells.get(text, "") for text in ("name", "tagline", "about", "website", "field")}
        clean = said_by(DraftBooth(**draft, texts=texts, country=country, languages=languages))
        said = {text: clean[text] for text in PLAIN if text in cells}
        texts = {
            locale: {text: clean["texts"].get(locale, {}).get(text, "") for text in given}
            for locale, given in texts.items()
        }
        for place, most in (("hall", 120), ("number", 20)):
            if place in cells:
                placed[place] = clean_line(cells[place], most, place) if cells[place] else ""
        id = clean_line(cells["id"], 80, "id") if cells.get("id") else ""
    except Problem as problem:
        wrong(N_("%(field)s: %(fault)s"), N_("Mend the cell."), field=problem.field or "", fault=str(problem))
        return None
    if len(faults) > before:
        return None
    return Exhibitor(number, id, str(said["name"]), said, texts, placed, owner.lower())


def _fault(number: int, name: str, what: str, remedy: str, **values: object) -> Fault:
    return Fault(f"{number} · {name}" if name else str(number), what, remedy, values)
