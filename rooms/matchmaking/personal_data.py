"""Personal data in matchmaking: profiles, and whom a person wishes to meet. What others wish about a person is not exported to them."""

from rooms.core.personal_data import PersonalData, Rows, register
from rooms.matchmaking.tables import match_keys, match_profiles, planned_people, unplaced_wishes, wishes

register(
    "matchmaking",
    PersonalData(
        rows=(
            Rows(
                "match_profiles",
                match_profiles,
                ("conference", "found", "role", "home", "offers", "needs", "alone", "most", "changed_at"),
            ),
            Rows("match_keys", match_keys, ("conference", "kind", "value")),
            Rows("wishes", wishes, ("conference", "other", "wish", "again", "at")),
            Rows("wished", wishes, (), by="other"),
            Rows("planned_meetings", planned_people, ("meeting", "objection", "text")),
            Rows("unplaced_wishes", unplaced_wishes, ("run", "other", "wish", "reason")),
            Rows("unplaced_wished", unplaced_wishes, (), by="other"),
        ),
    ),
)
