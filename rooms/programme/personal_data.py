"""What the programme keeps about a person."""

from rooms.core.personal_data import PersonalData, Rows, register
from rooms.programme.tables import speakers, stars, uploads

register(
    "programme",
    PersonalData(
        rows=(
            Rows("stars", stars, ("session", "at")),
            Rows("uploads", uploads, ("conference", "kind", "name", "at")),
            Rows(
                "speaker",
                speakers,
                ("conference", "name", "affiliation", "biography"),
                replace={"person": None},
            ),
        ),
    ),
)
