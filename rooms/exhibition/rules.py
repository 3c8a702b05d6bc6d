"""Who may, at a booth."""

from rooms.core.commands.access import Visit
from rooms.core.commands.people import Role
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.people import rules

SERVES = {Role.OWNER, Role.STAFF}


def visits(visit: Visit) -> None:
    """Who may queue and ask: everybody who takes part and has not been silenced, but not the booth's own staff."""
    rules.speaks_up(visit)
    if visit.roles & {*SERVES, Role.CONTACT}:
        raise Problem("forbidden", N_("This booth is your own."))


def shares(visit: Visit) -> None:
    """Who may give the exhibitor his contact: everybody who takes part, also one who has been silenced, but not the booth's own staff."""
    rules.takes_part(visit)
    if visit.roles & {*SERVES, Role.CONTACT}:
        raise Problem("forbidden", N_("This booth is your own."))


def waits(visit: Visit) -> None:
    """Who has a place may keep it or give it up, even when he has been silenced meanwhile."""
    rules.takes_part(visit)


def serves(visit: Visit) -> None:
    rules.signed_in(visit)
    if not visit.roles & SERVES:
        raise Problem("forbidden", N_("Only the staff of this booth can do this."))


def answers(visit: Visit) -> None:
    """All of the staff, those who only answer messages too."""
    rules.signed_in(visit)
    if not visit.roles & {*SERVES, Role.CONTACT}:
        raise Problem("forbidden", N_("Only the staff of this booth can do this."))


def counts(visit: Visit) -> None:
    """Who may see a booth's figures."""
    rules.signed_in(visit)
    if not visit.roles & {*SERVES, Role.CONTACT, Role.ORGANISER}:
        raise Problem("forbidden", N_("Only the staff of this booth and organisers can do this."))


def owns(visit: Visit) -> None:
    rules.signed_in(visit)
    if not visit.roles & {Role.OWNER, Role.ORGANISER}:
        raise Problem("forbidden", N_("Only the owners of this booth and organisers can do this."))
