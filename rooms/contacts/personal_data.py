"""Personal data of contacts: the card, and how a person stands to others."""

from rooms.contacts.tables import cards, connections
from rooms.core.personal_data import PersonalData, Rows, register

CARD = (
    "phone",
    "organisation",
    "job",
    "website",
    "country",
    "languages",
    "note",
    "offers",
    "audience",
    "usual",
    "changed_at",
)

register(
    "contacts",
    PersonalData(
        rows=(
            Rows("card", cards, CARD),
            Rows("connections", connections, ("other", "state", "fields", "how", "text", "conference", "at")),
            # What others give to the person, or how they answered, is theirs.
            Rows("connections_of_others", connections, (), by="other"),
        ),
    ),
)
