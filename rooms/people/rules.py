"""Permission rules for all kinds of rooms. Each rule raises a Problem that names the reason for a refusal."""

from rooms.core.commands.access import Actor, Person
from rooms.core.commands.people import Role
from rooms.core.errors import Problem
from rooms.core.text import N_


def signed_in(actor: Actor) -> Person:
    if actor.person is None:
        raise Problem("not_signed_in", N_("Sign in to take part."))
    if not actor.person.verified:
        raise Problem("unverified", N_("Confirm your email address first: open the link that we sent you."))
    return actor.person


def takes_part(actor: Actor) -> None:
    """Anyone with a role here, including attendees."""
    signed_in(actor)
    if not actor.roles:
        raise Problem("forbidden", N_("This conference is open to its registered attendees only."))


def speaks_up(actor: Actor) -> None:
    """Participants who have not been silenced."""
    takes_part(actor)
    if actor.silenced:
        message = N_("A moderator has silenced you for a while. You can still read and vote.")
        raise Problem("silenced", message, present={"until": actor.silenced_until})


def moderates(actor: Actor) -> None:
    signed_in(actor)
    if not actor.moderates:
        raise Problem("forbidden", N_("Only moderators can do this."))


def presents(actor: Actor) -> None:
    """The speakers of the session, and its moderators."""
    signed_in(actor)
    if not actor.moderates and Role.SPEAKER not in actor.roles:
        raise Problem("forbidden", N_("Only speakers and moderators can do this."))


def organises(actor: Actor) -> None:
    signed_in(actor)
    if Role.ORGANISER not in actor.roles:
        raise Problem("forbidden", N_("Only organisers can do this."))


def owns_desk(actor: Actor) -> None:
    signed_in(actor)
