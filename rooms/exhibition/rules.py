"""Permission rules at a booth."""

from rooms.core.commands.access import Actor
from rooms.core.commands.people import Role
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.people import rules

SERVES = {Role.OWNER, Role.STAFF}


def visits(actor: Actor) -> None:
    """Queueing and asking: every participant who is not silenced, except the booth's own staff."""
    rules.speaks_up(actor)
    if actor.roles & {*SERVES, Role.CONTACT}:
        raise Problem("forbidden", N_("This booth is your own."))


def shares(actor: Actor) -> None:
    """Sharing a contact: every participant, silenced or not, except the booth's own staff."""
    rules.takes_part(actor)
    if actor.roles & {*SERVES, Role.CONTACT}:
        raise Problem("forbidden", N_("This booth is your own."))


def waits(actor: Actor) -> None:
    """Keeping or leaving a place: every participant, even one who has been silenced since."""
    rules.takes_part(actor)


def serves(actor: Actor) -> None:
    rules.signed_in(actor)
    if not actor.roles & SERVES:
        raise Problem("forbidden", N_("Only the staff of this booth can do this."))


def answers(actor: Actor) -> None:
    """All staff, including those who only answer messages."""
    rules.signed_in(actor)
    if not actor.roles & {*SERVES, Role.CONTACT}:
        raise Problem("forbidden", N_("Only the staff of this booth can do this."))


def counts(actor: Actor) -> None:
    """Seeing a booth's statistics."""
    rules.signed_in(actor)
    if not actor.roles & {*SERVES, Role.CONTACT, Role.ORGANISER}:
        raise Problem("forbidden", N_("Only the staff of this booth and organisers can do this."))


def owns(actor: Actor) -> None:
    rules.signed_in(actor)
    if not actor.roles & {Role.OWNER, Role.ORGANISER}:
        raise Problem("forbidden", N_("Only the owners of this booth and organisers can do this."))
