"""Who may, at a booth."""

from rooms.core.commands.access import Actor
from rooms.core.commands.people import Role
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.people import rules

SERVES = {Role.OWNER, Role.STAFF}


def visits(actor: Actor) -> None:
    """Who may queue and ask: everybody who takes part and has not been silenced, but not the booth's own staff."""
    rules.speaks_up(actor)
    if actor.roles & {*SERVES, Role.CONTACT}:
        raise Problem("forbidden", N_("This booth is your own."))


def shares(actor: Actor) -> None:
    """Who may give the exhibitor his contact: everybody who takes part, also one who has been silenced, but not the booth's own staff."""
    rules.takes_part(actor)
    if actor.roles & {*SERVES, Role.CONTACT}:
        raise Problem("forbidden", N_("This booth is your own."))


def waits(actor: Actor) -> None:
    """Who has a place may keep it or give it up, even when he has been silenced meanwhile."""
    rules.takes_part(actor)


def serves(actor: Actor) -> None:
    rules.signed_in(actor)
    if not actor.roles & SERVES:
        raise Problem("forbidden", N_("Only the staff of this booth can do this."))


def answers(actor: Actor) -> None:
    """All of the staff, those who only answer messages too."""
    rules.signed_in(actor)
    if not actor.roles & {*SERVES, Role.CONTACT}:
        raise Problem("forbidden", N_("Only the staff of this booth can do this."))


def counts(actor: Actor) -> None:
    """Who may see a booth's figures."""
    rules.signed_in(actor)
    if not actor.roles & {*SERVES, Role.CONTACT, Role.ORGANISER}:
        raise Problem("forbidden", N_("Only the staff of this booth and organisers can do this."))


def owns(actor: Actor) -> None:
    rules.signed_in(actor)
    if not actor.roles & {Role.OWNER, Role.ORGANISER}:
        raise Problem("forbidden", N_("Only the owners of this booth and organisers can do this."))
