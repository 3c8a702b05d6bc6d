"""Names of reasons, outcomes and recommendations."""

from rooms.cooperation.messages import DeclineReason, InterestOutcome
from rooms.cooperation.peer_reviews.messages import PeerAdvice
from rooms.core.text import N_

REASONS = {
    DeclineReason.NO_FIT: N_("It does not fit what we do"),
    DeclineReason.TOO_EARLY: N_("It is too early for us"),
    DeclineReason.TOO_LATE: N_("It is too late for us"),
    DeclineReason.NO_CAPACITY: N_("We have no capacity at the moment"),
    DeclineReason.REGION: N_("We seek partners in another region"),
    DeclineReason.BUDGET: N_("The budget does not fit"),
    DeclineReason.FOUND: N_("We have already found a partner"),
    DeclineReason.OTHER: N_("Another reason"),
}
OUTCOMES = {
    InterestOutcome.TALKS: N_("Talks"),
    InterestOutcome.LETTER: N_("Letter of intent"),
    InterestOutcome.MEMORANDUM: N_("Memorandum of understanding"),
    InterestOutcome.AGREEMENT: N_("Agreement"),
    InterestOutcome.NONE: N_("No result"),
}
ADVICE = {
    PeerAdvice.PUBLISH: N_("Publish it"),
    PeerAdvice.CHANGE: N_("Request changes first"),
    PeerAdvice.DECLINE: N_("Do not publish it"),
}
