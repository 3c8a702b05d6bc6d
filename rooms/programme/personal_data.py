"""What the programme keeps about a person.

The programme names speakers whether or not they have an account: the entry is published by the organisers, who can change it, and stays. An erasure
only separates it from the account.
"""

from rooms.core.commands.transaction import Transaction
from rooms.core.imports.tables import uploads
from rooms.core.imports.uploads import forget_naming
from rooms.core.personal_data import DataSubject, PersonalData, Rows, register
from rooms.programme.tables import pending_news, speakers, stars


async def _erase(tx: Transaction, subject: DataSubject) -> None:
    await forget_naming(tx.connection, [subject.name, *([subject.email] if subject.email else [])])


register(
    "programme",
    PersonalData(
        rows=(
            Rows("stars", stars, ("session", "at")),
            Rows("news", pending_news, ("session", "at")),
            Rows("uploads", uploads, ("conference", "kind", "name", "at")),
            Rows("speaker", speakers, ("conference", "name", "affiliation", "biography"), replace={"person": None}),
        ),
        erase=_erase,
    ),
)
