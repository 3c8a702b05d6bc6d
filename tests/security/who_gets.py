"""Who gets what at every address. tests/security/test_pages.py checks it."""

EVERYBODY = [
    "anonymous",
    "unverified",
    "guest",
    "attendee",
    "speaker",
    "interpreter",
    "exhibitor",
    "moderator",
    "colleague",
    "organiser",
    "admin",
    "banned",
    "stranger",
    "owner",
    "staff",
]

PUBLIC = dict.fromkeys(EVERYBODY, 200)
IN_CONFERENCE = PUBLIC | {"banned": 403}
ORGANISERS = dict.fromkeys(EVERYBODY, 403) | {"anonymous": 401, "organiser": 200, "admin": 200}
ABSENT_FOR_ORGANISERS = ORGANISERS | {"organiser": 404, "admin": 404}
MODERATORS = ORGANISERS | {"moderator": 200, "colleague": 200}
SIGNED_IN = PUBLIC | {"anonymous": 401}
ADMINISTRATORS = dict.fromkeys(EVERYBODY, 403) | {"anonymous": 401, "admin": 200}
BOOTH_STAFF = dict.fromkeys(EVERYBODY, 403) | {"anonymous": 401, "owner": 200, "staff": 200}
NOBODY = dict.fromkeys(EVERYBODY, 404)
SPENT = dict.fromkeys(EVERYBODY, 410)

REFUSED_FIRST = {"anonymous": 401, "banned": 403, "unverified": 403}

GET: dict[str, dict[str, int]] = {
    "/": PUBLIC,
    "/account": SIGNED_IN,
    "/account/data.json": SIGNED_IN,
    "/notifications": SIGNED_IN,
    "/notifications/{notice}": NOBODY | {"anonymous": 401},  # a guessed one
    "/c/{conference}": IN_CONFERENCE,
    "/c/{conference}/contact-code": SIGNED_IN | {"banned": 403, "unverified": 403, "guest": 403},
    "/c/{conference}/contact-code/{code}": NOBODY | REFUSED_FIRST,  # a guessed one
    "/c/{conference}/cooperation": IN_CONFERENCE,
    "/c/{conference}/cooperation/board": IN_CONFERENCE,
    "/c/{conference}/cooperation/new": IN_CONFERENCE,
    "/c/{conference}/cooperation/reviews/{review}": NOBODY | REFUSED_FIRST,  # a guessed one
    "/c/{conference}/cooperation/requests": SIGNED_IN | {"banned": 403, "unverified": 403},
    "/c/{conference}/cooperation/{entry}": NOBODY | {"banned": 403},  # a guessed one
    "/c/{conference}/cooperation/{entry}/edit": NOBODY | REFUSED_FIRST,  # a guessed one
    "/c/{conference}/cooperation/{entry}/documents": NOBODY | REFUSED_FIRST,  # a guessed one
    "/c/{conference}/cooperation/{entry}/documents/{document}": NOBODY | {"banned": 403},  # a guessed one
    "/c/{conference}/demos": IN_CONFERENCE,
    "/c/{conference}/exhibition": IN_CONFERENCE,
    "/c/{conference}/exhibition/apply": IN_CONFERENCE,
    "/c/{conference}/exhibition/halls/{hall}": IN_CONFERENCE,
    "/c/{conference}/exhibition/{booth}": IN_CONFERENCE,
    "/c/{conference}/exhibition/{booth}/demos": IN_CONFERENCE,
    "/c/{conference}/exhibition/{booth}/edit": ORGANISERS | {"owner": 200},
    "/c/{conference}/exhibition/{booth}/files": ORGANISERS | {"owner": 200},
    "/c/{conference}/exhibition/{booth}/chat.csv": ORGANISERS | {"owner": 200, "staff": 200},
    "/c/{conference}/exhibition/{booth}/figures": ORGANISERS | {"owner": 200, "staff": 200},
    "/c/{conference}/exhibition/{booth}/figures.csv": ORGANISERS | {"owner": 200, "staff": 200},
    "/c/{conference}/exhibition/{booth}/leads": BOOTH_STAFF,
    "/c/{conference}/exhibition/{booth}/leads.csv": BOOTH_STAFF,
    "/c/{conference}/exhibition/{booth}/share": IN_CONFERENCE,
    "/c/{conference}/exhibition/{booth}/shifts": ORGANISERS | {"owner": 200, "staff": 200},
    "/c/{conference}/exhibition/{booth}/sign": BOOTH_STAFF,
    "/c/{conference}/exhibition/{booth}/sign.svg": BOOTH_STAFF,
    "/c/{conference}/exhibition/{booth}/staff": ORGANISERS | {"owner": 200},
    "/c/{conference}/meetings": SIGNED_IN | {"banned": 403, "unverified": 403},
    "/c/{conference}/meetings/bookings/{booking}": NOBODY | REFUSED_FIRST,  # a guessed one
    "/c/{conference}/meetings/new": SIGNED_IN | {"banned": 403, "unverified": 403},
    "/c/{conference}/meetings/times": SIGNED_IN | {"banned": 403, "unverified": 403},
    "/c/{conference}/meetings/{meeting}": NOBODY | {"banned": 403},  # but for the two who meet there
    "/c/{conference}/meetups": IN_CONFERENCE,
    "/c/{conference}/meetups/new": SIGNED_IN | {"banned": 403, "unverified": 403},
    "/c/{conference}/meetups/{meetup}": NOBODY | {"banned": 403},  # a guessed one
    "/c/{conference}/meetups/{meetup}/edit": NOBODY | REFUSED_FIRST,  # a guessed one
    "/c/{conference}/my.ics": NOBODY,  # without its key
    "/c/{conference}/organisations/new": IN_CONFERENCE,
    "/c/{conference}/organisations/{organisation}": NOBODY | {"banned": 403},  # a guessed one
    "/c/{conference}/organisations/{organisation}/edit": NOBODY | REFUSED_FIRST,  # a guessed one
    "/c/{conference}/organise": ORGANISERS,
    "/c/{conference}/organise/audit": ORGANISERS,
    "/c/{conference}/organise/chat/{session}.csv": ORGANISERS,
    "/c/{conference}/matchmaking": SIGNED_IN | {"banned": 403, "unverified": 403},
    "/c/{conference}/matchmaking/profile": SIGNED_IN | {"banned": 403, "unverified": 403},
    "/c/{conference}/matchmaking/wishes": SIGNED_IN | {"banned": 403, "unverified": 403},
    "/c/{conference}/organise/cooperation": ORGANISERS,
    "/c/{conference}/organise/matchmaking": ORGANISERS,
    "/c/{conference}/organise/meetings": ORGANISERS,
    "/c/{conference}/organise/meetings/plan": ORGANISERS,
    "/c/{conference}/organise/cooperation/types/new": ORGANISERS,
    "/c/{conference}/organise/cooperation/types/{type}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/cooperation/table": ORGANISERS,
    "/c/{conference}/organise/cooperation/table.{format}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/cooperation/table/import/{upload}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/organisations/table": ORGANISERS,
    "/c/{conference}/organise/organisations/table.{format}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/organisations/table/import/{upload}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/people/table": ORGANISERS,
    "/c/{conference}/organise/people/table.{format}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/people/table/import/{upload}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/recruitment/table": ORGANISERS,
    "/c/{conference}/organise/recruitment/table.{format}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/recruitment/table/import/{upload}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/exhibitors": ORGANISERS,
    "/c/{conference}/organise/export.zip": ORGANISERS,
    "/c/{conference}/organise/meetups": ORGANISERS,
    "/c/{conference}/organise/organisations": ORGANISERS,
    "/c/{conference}/organise/exhibitors/template.csv": ORGANISERS,
    "/c/{conference}/organise/exhibitors/import/{upload}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/people": ORGANISERS,
    "/c/{conference}/organise/programme": ORGANISERS,
    "/c/{conference}/organise/programme/import/{upload}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/questions/{session}.{format}": ORGANISERS,
    "/c/{conference}/organise/polls/{session}.{format}": ORGANISERS,
    "/c/{conference}/organise/reports": ORGANISERS,
    "/c/{conference}/organise/schedule.{format}": ORGANISERS,
    "/c/{conference}/organise/sessions/new": ORGANISERS,
    "/c/{conference}/organise/sessions/{session}": ORGANISERS,
    "/c/{conference}/organise/sessions/{session}/cancel": ORGANISERS,
    "/c/{conference}/organise/settings": ORGANISERS,
    "/c/{conference}/people/{person}": NOBODY | REFUSED_FIRST,  # a guessed one
    "/c/{conference}/programme": IN_CONFERENCE,
    "/c/{conference}/programme.ics": IN_CONFERENCE,
    "/c/{conference}/organise/recruitment": ORGANISERS,
    "/c/{conference}/recruitment": IN_CONFERENCE,
    "/c/{conference}/recruitment/candidates/{share}": NOBODY | REFUSED_FIRST,  # a guessed one
    "/c/{conference}/recruitment/cv/{cv}": NOBODY | REFUSED_FIRST,  # a guessed one
    "/c/{conference}/recruitment/employer": SIGNED_IN | {"banned": 403, "unverified": 403},
    "/c/{conference}/recruitment/jobs/{job}": NOBODY | {"banned": 403},  # a guessed one
    "/c/{conference}/recruitment/jobs/{job}/edit": NOBODY | REFUSED_FIRST,
    "/c/{conference}/recruitment/jobs/{job}/shortlist.zip": NOBODY | REFUSED_FIRST,
    "/c/{conference}/recruitment/mine": SIGNED_IN | {"banned": 403, "unverified": 403},
    "/c/{conference}/recruitment/new": IN_CONFERENCE,
    "/c/{conference}/recruitment/profile": SIGNED_IN | {"banned": 403, "unverified": 403},
    "/c/{conference}/recruitment/talents": NOBODY | REFUSED_FIRST | {"owner": 403, "staff": 403},  # without a job
    "/c/{conference}/recruitment/waiting/{booth}": NOBODY | REFUSED_FIRST,  # of an employer without a job
    "/c/{conference}/rounds": IN_CONFERENCE,
    "/c/{conference}/rounds/{round}": NOBODY | {"banned": 403},  # a guessed one
    "/c/{conference}/organise/rounds": ORGANISERS,
    "/c/{conference}/organise/rounds/{round}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/sessions/{session}": IN_CONFERENCE,
    "/c/{conference}/sessions/{session}.ics": IN_CONFERENCE,
    "/c/{conference}/sessions/{session}/messages": IN_CONFERENCE,
    "/c/{conference}/sessions/{session}/moderate": MODERATORS,
    "/c/{conference}/sessions/{session}/screen": IN_CONFERENCE,
    "/c/{conference}/sessions/{session}/speak": MODERATORS | {"speaker": 200},
    "/c/{conference}/sessions/{session}/stream-key": MODERATORS | {"speaker": 200},
    "/c/{conference}/unread": IN_CONFERENCE,
    "/contacts": SIGNED_IN,
    "/contacts.vcf": SIGNED_IN,
    "/contacts/card": SIGNED_IN,
    "/contacts/{person}.vcf": NOBODY | {"anonymous": 401},  # a guessed one
    "/conferences/new": ADMINISTRATORS,
    "/files/{file}/{name}": NOBODY,  # a guessed one; tests/security/test_files.py has those that are there
    "/invite/{secret}": SPENT,
    "/rooms/{room}/report": NOBODY | REFUSED_FIRST,  # without a message
    "/rooms/{room}": IN_CONFERENCE,
    "/sign-in": PUBLIC,
    "/sign-in/forgotten": PUBLIC,
    "/s/{short}": dict.fromkeys(EVERYBODY, 404),
    "/setup/{secret}": SPENT,
    "/sign-in/link/{secret}": SPENT,
    "/sign-up": PUBLIC,
}

FILLED = dict.fromkeys(EVERYBODY, 422)  # an empty form is read, and refused for what it lacks
FOR_THOSE_SIGNED_IN = FILLED | {"anonymous": 401}
UNREADABLE = dict.fromkeys(EVERYBODY, 400)  # tests/signaling/stage/test_stages.py sends real offers
FOR_ORGANISERS = dict.fromkeys(EVERYBODY, 403) | {"anonymous": 401, "organiser": 422, "admin": 422}
DONE = dict.fromkeys(EVERYBODY, 303)
DONE_FOR_THOSE_SIGNED_IN = DONE | {"anonymous": 401}

POST: dict[str, dict[str, int]] = {
    "/account": FOR_THOSE_SIGNED_IN,
    "/account/address": dict.fromkeys(EVERYBODY, 409) | {"anonymous": 401, "unverified": 200, "guest": 422},
    "/account/erase": FOR_THOSE_SIGNED_IN,
    "/account/password": FOR_THOSE_SIGNED_IN,
    "/account/shared/take-back": dict.fromkeys(EVERYBODY, 404) | {"anonymous": 401},  # nothing was shared
    "/account/signins/end": DONE_FOR_THOSE_SIGNED_IN,
    "/account/signins/end-others": DONE_FOR_THOSE_SIGNED_IN,
    "/account/tokens": FOR_THOSE_SIGNED_IN,
    "/account/tokens/end": DONE_FOR_THOSE_SIGNED_IN,
    "/c/{conference}/contact-code/{code}": NOBODY | REFUSED_FIRST,
    "/c/{conference}/cooperation/new": FILLED | {"banned": 403},
    "/c/{conference}/cooperation/searches": FILLED | {"banned": 403},
    "/c/{conference}/cooperation/{entry}/edit": NOBODY | REFUSED_FIRST,
    "/c/{conference}/cooperation/{entry}/documents": NOBODY | REFUSED_FIRST,
    "/c/{conference}/exhibition/apply": FILLED | {"banned": 403},
    "/c/{conference}/exhibition/booths": FOR_ORGANISERS,
    "/c/{conference}/exhibition/{booth}/edit": FOR_ORGANISERS | {"owner": 422},
    "/c/{conference}/exhibition/{booth}/files": FOR_ORGANISERS | {"owner": 422},
    "/c/{conference}/exhibition/{booth}/files/{file}": FOR_ORGANISERS | {"owner": 422},
    "/c/{conference}/exhibition/{booth}/shifts": FOR_ORGANISERS | {"owner": 422},
    "/c/{conference}/exhibition/{booth}/staff/invite": FOR_ORGANISERS | {"owner": 422},
    "/c/{conference}/exhibition/{booth}/staff/withdraw-invite": FOR_ORGANISERS
    | {"owner": 303, "organiser": 303, "admin": 303},
    "/c/{conference}/meetups/new": FILLED | REFUSED_FIRST,
    "/c/{conference}/meetups/{meetup}/edit": NOBODY | REFUSED_FIRST,
    "/c/{conference}/organisations/new": FILLED | {"banned": 403},
    "/c/{conference}/organisations/{organisation}/edit": NOBODY | REFUSED_FIRST,
    "/c/{conference}/organise/cooperation/types/new": FOR_ORGANISERS,
    "/c/{conference}/organise/cooperation/types/{type}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/cooperation/table": FOR_ORGANISERS,
    "/c/{conference}/organise/cooperation/table/import/{upload}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/organisations/table": FOR_ORGANISERS,
    "/c/{conference}/organise/organisations/table/import/{upload}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/people/table": FOR_ORGANISERS,
    "/c/{conference}/organise/people/table/import/{upload}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/recruitment/table": FOR_ORGANISERS,
    "/c/{conference}/organise/recruitment/table/import/{upload}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/exhibitors": FOR_ORGANISERS,
    "/c/{conference}/organise/exhibitors/import/{upload}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/exhibitors/invite": FOR_ORGANISERS | {"organiser": 303, "admin": 303},
    "/c/{conference}/organise/rounds": FOR_ORGANISERS,
    "/c/{conference}/organise/rounds/{round}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/publish": FOR_ORGANISERS | {"organiser": 303, "admin": 303},
    "/c/{conference}/organise/people/grant": FOR_ORGANISERS,
    "/c/{conference}/organise/people/invite": FOR_ORGANISERS,
    "/c/{conference}/organise/people/withdraw-invite": FOR_ORGANISERS | {"organiser": 303, "admin": 303},
    "/c/{conference}/organise/programme": FOR_ORGANISERS,
    "/c/{conference}/organise/programme/import/{upload}": ABSENT_FOR_ORGANISERS,
    "/c/{conference}/organise/reports": FOR_ORGANISERS,
    "/c/{conference}/organise/sessions/new": FOR_ORGANISERS,
    "/c/{conference}/organise/sessions/{session}": FOR_ORGANISERS,
    "/c/{conference}/organise/settings": FOR_ORGANISERS,
    "/contacts/card": FOR_THOSE_SIGNED_IN,
    "/c/{conference}/recruitment/jobs/{job}/apply": NOBODY | REFUSED_FIRST,  # a guessed one
    "/c/{conference}/recruitment/jobs/{job}/edit": NOBODY | REFUSED_FIRST,
    "/c/{conference}/recruitment/new": FILLED | {"banned": 403},
    "/c/{conference}/recruitment/profile": FILLED | REFUSED_FIRST,
    "/c/{conference}/recruitment/profile/cv": FILLED | REFUSED_FIRST,
    "/conferences/new": dict.fromkeys(EVERYBODY, 403) | {"anonymous": 401, "admin": 422},
    "/do/{op}": dict.fromkeys(EVERYBODY, 400),  # no such command; the commands have a table of their own
    "/invite/{secret}": SPENT,
    "/c/{conference}/sessions/{session}/whep": UNREADABLE,
    "/c/{conference}/sessions/{session}/whip": UNREADABLE,
    "/live/ticket": PUBLIC,
    "/preferences": DONE,
    "/rooms/{room}/report": NOBODY | REFUSED_FIRST,  # without a message
    "/sign-in": FILLED,
    "/sign-in/forgotten": FILLED,
    "/sign-in/guest": dict.fromkeys(EVERYBODY, 403),  # on the way to no conference
    "/setup/{secret}": SPENT,
    "/sign-in/link/{secret}": SPENT,
    "/sign-out": DONE,
    "/sign-up": FILLED,
}
