"""Emails about accounts, and to owners of booths. Each is in the language of the page where it was requested."""

from collections.abc import Callable

from rooms.core.text import N_
from rooms.invitations.owner_invites import DAYS, Invitation
from rooms.people.registration import EmailKind, Notice
from rooms.programme.queries import Conference
from web import links
from web.languages import in_language
from web.mail import Email
from web.site import Site

IGNORE = N_("If you did not ask for this, do nothing: nothing will change.")

SUBJECTS = {
    EmailKind.CONFIRM: N_("Confirm your address for %(site)s"),
    EmailKind.SIGN_IN: N_("Your link to sign in to %(site)s"),
    EmailKind.RESET: N_("Choose a new password for %(site)s"),
    EmailKind.KNOWN: N_("You have an account at %(site)s already"),
    EmailKind.UNKNOWN: N_("You have no account at %(site)s yet"),
}
BODIES = {
    EmailKind.CONFIRM: N_("Open this link to confirm that this address is yours. It works once, for a day:"),
    EmailKind.SIGN_IN: N_("Open this link to sign in. It works once, for ten minutes:"),
    EmailKind.RESET: N_("Open this link to choose a new password. It works once, for half an hour:"),
    EmailKind.KNOWN: N_(
        "Someone, probably you, tried to sign up with this address, but an account already exists. "
        "Open this link to sign in. It works once, for ten minutes:"
    ),
    EmailKind.UNKNOWN: N_(
        "Someone, probably you, tried to sign in with this address, but no account exists. "
        "You may have signed up with another address. You can sign up here:"
    ),
}


def account_email(site: Site, locale: str, notice: Notice) -> Email:
    gettext = site.languages.texts(locale).gettext
    values = {"site": site.name}
    address = site.link(links.path("link", subject=notice.secret) if notice.secret else "/sign-up")
    greeting = gettext(N_("Hello %(name)s,")) % {"name": notice.name} if notice.name else gettext(N_("Hello,"))
    text = "\n\n".join([greeting, gettext(BODIES[notice.kind]), address, gettext(IGNORE), *ending(site, gettext)])
    return Email(notice.email, gettext(SUBJECTS[notice.kind]) % values, text + "\n")


def owner_email(site: Site, locale: str, conference: Conference, invitation: Invitation) -> Email:
    """An invitation for a person without an account to own a booth."""
    gettext = site.languages.texts(locale).gettext
    booth = in_language(locale, invitation.texts, "name", invitation.name)
    values = {
        "booth": booth,
        "conference": in_language(locale, conference.texts, "title", conference.title),
        "days": DAYS,
    }
    asked = N_(
        "The organisers of %(conference)s have created a booth for %(booth)s and named you as its owner. You write its texts, choose its staff "
        "and answer its visitors. Open this link to accept. It works once, for %(days)s days:"
    )
    stop = N_("If this is not for you, do nothing, or tell the organisers.")
    parts = [gettext(N_("Hello,")), gettext(asked) % values, site.link(f"/invite/{invitation.secret}")]
    text = "\n\n".join([*parts, gettext(stop), *ending(site, gettext)])
    return Email(invitation.email, gettext(N_("Your booth at %(conference)s: %(booth)s")) % values, text + "\n")


def ending(site: Site, gettext: Callable[[str], str]) -> list[str]:
    if not site.contact:
        return [site.name]
    return [
        gettext(N_("Questions? Reply to this email, or write to %(contact)s.")) % {"contact": site.contact},
        site.name,
    ]
