"""Names of what jobs and applications hold, and the values of facets as a reader sees them."""

from collections.abc import Callable
from typing import Any

from babel import Locale

from rooms.cooperation.sciences import SCIENCES
from rooms.core.store.faceted_search import ValueCount
from rooms.core.text import N_
from rooms.recruitment.applications.messages import JobApplicationState, RejectionReason
from rooms.recruitment.jobs.messages import Contract, Degree, Workplace

DEGREES = {
    Degree.SCHOOL: N_("School or vocational training"),
    Degree.BACHELOR: N_("Bachelor"),
    Degree.MASTER: N_("Master"),
    Degree.DOCTORATE: N_("Doctorate"),
}
CONTRACTS = {
    Contract.PERMANENT: N_("Permanent"),
    Contract.FIXED_TERM: N_("Fixed term"),
    Contract.DOCTORAL: N_("Doctoral position"),
    Contract.POSTDOC: N_("Postdoctoral position"),
    Contract.INTERNSHIP: N_("Internship"),
    Contract.FREELANCE: N_("Freelance"),
}
WORKPLACES = {
    Workplace.ON_SITE: N_("On site"),
    Workplace.HYBRID: N_("Partly remote"),
    Workplace.REMOTE: N_("Remote"),
}
STATES = {
    JobApplicationState.APPLIED: N_("Applied"),
    JobApplicationState.REVIEW: N_("In review"),
    JobApplicationState.INTERVIEW: N_("Interview"),
    JobApplicationState.OFFER: N_("Job offer"),
    JobApplicationState.HIRED: N_("Hired"),
    JobApplicationState.DECLINED: N_("Declined"),
    JobApplicationState.WITHDRAWN: N_("Withdrawn"),
}
MOVES = [
    JobApplicationState.REVIEW,
    JobApplicationState.INTERVIEW,
    JobApplicationState.OFFER,
    JobApplicationState.HIRED,
]
"""States to which the employer moves an application, beside a decline."""
REASONS = {
    RejectionReason.OTHER_CHOSEN: N_("Other applicants fit better this time"),
    RejectionReason.REQUIREMENTS: N_("Something that the job requires is missing"),
    RejectionReason.FILLED: N_("The position has been filled"),
    RejectionReason.LATER: N_("Not now, but please apply again later"),
    RejectionReason.OTHER: N_("Another reason"),
}
FACETS = {
    "country": (N_("Country"), N_("All countries")),
    "science": (N_("Field"), N_("All fields")),
    "language": (N_("Language"), N_("All languages")),
    "visa": (N_("Visa support"), N_("Visa support: any")),
    "contract": (N_("Contract"), N_("All contracts")),
    "workplace": (N_("Workplace"), N_("All workplaces")),
    "degree": (N_("Degree"), N_("All degrees")),
    "employer": (N_("Employer"), N_("All employers")),
}
"""The label of each facet, and the choice that leaves it open."""

Gettext = Callable[[str], str]


def shown(key: str, value: str, locale: str, gettext: Gettext, employers: dict[str, str] | None = None) -> str:
    """A value of a facet, or of a prerequisite, as text."""
    match key:
        case "science":
            return gettext(SCIENCES.get(value, value))
        case "country" | "permit":
            return Locale.parse(locale).territories.get(value, value)
        case "language":
            return Locale.parse(locale).languages.get(value, value)
        case "visa":
            return gettext(N_("With visa support"))
        case "employer":
            return (employers or {}).get(value, value)
        case "degree" | "contract" | "workplace":
            names: dict[Any, str] = {"degree": DEGREES, "contract": CONTRACTS, "workplace": WORKPLACES}[key]
            return gettext(names.get(value, value))
        case _:
            return value


def facet_choices(
    counts: dict[str, list[ValueCount]], locale: str, gettext: Gettext, employers: dict[str, str] | None = None
) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """Each facet as (key, label, the choice that leaves it open, values as (value, text with the number of rows))."""
    found: list[tuple[str, str, str, list[tuple[str, str]]]] = []
    for key, values in counts.items():
        label, every = FACETS[key]
        named = [(each.value, f"{shown(key, each.value, locale, gettext, employers)} ({each.rows})") for each in values]
        found.append((key, gettext(label), gettext(every), named))
    return found


def options(names: dict[Any, str], gettext: Gettext) -> list[tuple[str, str]]:
    """The values and texts to choose from."""
    return [(value.value, gettext(name)) for value, name in names.items()]


def sciences(gettext: Gettext) -> list[tuple[str, str]]:
    return [(code, f"{code} {gettext(name)}") for code, name in SCIENCES.items()]
