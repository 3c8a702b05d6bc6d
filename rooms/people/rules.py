"""Who may, for rooms of every kind. Each rule raises the Problem for which one may not."""

from rooms.core.commands.access import Person, Visit
from rooms.core.commands.people import Role
from rooms.core.errors import Problem
from rooms.core.text import N_


def signed_in(visit: Visit) -> Person:
    if visit.person is None:
        raise Problem("not_signed_in", N_("Sign in to take part."))
    if not visit.person.verified:
        raise Problem("unverified", N_("Confirm your e-mail address first: open the link that we have sent you."))
    return visit.person


def takes_part(visit: Visit) -> None:
    """Anyone with a role here, be it only an attendee's."""
    signed_in(visit)
    if not visit.roles:
        raise Problem("forbidden", N_("This conference is open to its registered attendees only."))


def speaks_up(visit: Visit) -> None:
    """Who takes part and has not been silenced."""
    takes_part(visit)
    if visit.silenced:
        message = N_("A moderator has silenced you here for a while. You can still read and vote.")
        raise Problem("silenced", message, present={"until": visit.silenced_until})


def moderates(visit: Visit) -> None:
    signed_in(visit)
    if not visit.moderates:
        raise Problem("forbidden", N_("Only moderators can do this."))


def presents(visit: Visit) -> None:
    """Speakers of the session, and its moderators."""
    signed_in(visit)
    if not visit.moderates and Role.SPEAKER not in visit.roles:
        raise Problem("forbidden", N_("Only speakers and moderators can do this."))


def organises(visit: Visit) -> None:
    signed_in(visit)
    if Role.ORGANISER not in visit.roles:
        raise Problem("forbidden", N_("Only organisers can do this."))


def owns_desk(visit: Visit) -> None:
    signed_in(visit)
