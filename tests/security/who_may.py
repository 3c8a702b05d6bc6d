"""Who may give which command, in each kind of room."""

YES = ""
EVERYBODY = [
    "anonymous",
    "unverified",
    "banned",
    "silenced",
    "guest",
    "attendee",
    "stranger",
    "exhibitor",
    "interpreter",
    "speaker",
    "moderator",
    "colleague",
    "owner",
    "staff",
    "organiser",
    "admin",
]

TAKES_PART = dict.fromkeys(EVERYBODY, YES) | {
    "anonymous": "not_signed_in",
    "unverified": "unverified",
    "banned": "forbidden",
}
SPEAKS_UP = TAKES_PART | {"silenced": "silenced"}
ORGANISES = TAKES_PART | dict.fromkeys(EVERYBODY[3:-2], "forbidden")
MODERATES = ORGANISES | {"moderator": YES, "colleague": YES}
PRESENTS = MODERATES | {"speaker": YES}
MODERATES_ALL = ORGANISES | {"colleague": YES}
ABSENT = dict.fromkeys(EVERYBODY, "not_found") | {"anonymous": "not_signed_in"}

QUEUES = SPEAKS_UP | {"owner": "forbidden", "staff": "forbidden"}
SERVES = TAKES_PART | dict.fromkeys(EVERYBODY[3:], "forbidden") | {"owner": YES, "staff": YES}
OWNS = ORGANISES | {"owner": YES}
AT_BOOTH = ORGANISES | {"owner": YES, "staff": YES}
KNOWN = dict.fromkeys(EVERYBODY, YES) | {
    "anonymous": "not_signed_in",
    "unverified": "unverified",
    "banned": "forbidden",
}
REPORTS = {
    "chat.report": TAKES_PART,
    "person.block": KNOWN,
    "person.report": TAKES_PART,
    "person.unblock": KNOWN,
}
INVITED = ABSENT | {"attendee": YES, "staff": YES}

SESSION: dict[str, dict[str, str]] = REPORTS | {
    "asking.anonymity": MODERATES,
    "asking.review": MODERATES,
    "asking.set": MODERATES,
    "chat.post": SPEAKS_UP,
    "chat.read": TAKES_PART,
    "chat.remove": TAKES_PART,  # one's own; the action refuses others'
    "chat.set": MODERATES,
    "person.readmit": MODERATES,
    "person.remove": MODERATES,
    "person.silence": MODERATES,
    "person.unsilence": MODERATES,
    "poll.answer": TAKES_PART,
    "poll.archive": MODERATES,
    "poll.close": MODERATES,
    "poll.draft": MODERATES,
    "poll.edit": MODERATES,
    "poll.hide": MODERATES,
    "poll.open": MODERATES,
    "poll.retract": TAKES_PART,
    "poll.reveal": MODERATES,
    "question.answer": PRESENTS,
    "question.answered": PRESENTS,
    "question.approve": MODERATES,
    "question.archive": MODERATES,
    "question.ask": SPEAKS_UP,
    "question.claim": MODERATES,
    "question.dismiss": MODERATES,
    "question.edit": MODERATES,
    "question.label": MODERATES,
    "question.merge": MODERATES,
    "question.pin": MODERATES,
    "question.release": MODERATES,
    "question.reopen": PRESENTS,
    "question.report": TAKES_PART,
    "question.restore": MODERATES,
    "question.revise": SPEAKS_UP,
    "question.take": PRESENTS,
    "question.unarchive": MODERATES,
    "question.unmask": MODERATES,
    "question.unmerge": MODERATES,
    "question.unpin": MODERATES,
    "question.unvote": TAKES_PART,
    "question.vote": TAKES_PART,
    "question.withdraw": TAKES_PART,
    "reaction.send": SPEAKS_UP,
    "role.grant": MODERATES,
    "role.revoke": MODERATES,
    "screen.clear": MODERATES,
    "screen.poll": MODERATES,
    "screen.show": MODERATES,
    "session.end": PRESENTS,
    "session.open": PRESENTS,
    "session.start": PRESENTS,
    "stage.show": MODERATES,
}

LOBBY: dict[str, dict[str, str]] = REPORTS | {
    "application.accept": ORGANISES,
    "application.decline": ORGANISES,
    "application.review": ORGANISES,
    "application.withdraw": TAKES_PART,
    "booth.create": ORGANISES,
    "chat.post": SPEAKS_UP,
    "chat.read": TAKES_PART,
    "chat.remove": TAKES_PART,
    "chat.set": MODERATES_ALL,
    "person.readmit": MODERATES_ALL,
    "person.remove": MODERATES_ALL,
    "person.silence": MODERATES_ALL,
    "person.unsilence": MODERATES_ALL,
    "document.change": TAKES_PART,
    "document.remove": TAKES_PART,
    "entry.approve": ORGANISES,
    "entry.comment": TAKES_PART,
    "entry.create": AT_BOOTH,
    "entry.decline": ORGANISES,
    "entry.draft": TAKES_PART,
    "entry.renew": TAKES_PART,
    "entry.submit": TAKES_PART,
    "entry.withdraw": TAKES_PART,
    "entry_type.archive": ORGANISES,
    "entry_type.create": ORGANISES,
    "entry_type.edit": ORGANISES,
    "exhibitor.apply": TAKES_PART | {"guest": "forbidden"},
    "interest.accept": TAKES_PART,
    "interest.decline": TAKES_PART,
    "interest.outcome": TAKES_PART,
    "interest.show": SPEAKS_UP | {"guest": "forbidden"},
    "interest.withdraw": TAKES_PART,
    "meetings.settings": ORGANISES,
    "meetings.unwindow": ORGANISES,
    "meetings.window": ORGANISES,
    "slots.set": TAKES_PART,
    "spot.archive": ORGANISES,
    "spot.create": ORGANISES,
    "spot.edit": ORGANISES,
    "match.profile": TAKES_PART | {"guest": "forbidden"},
    "match.settings": ORGANISES,
    "reader.approve": TAKES_PART,
    "reader.ask": SPEAKS_UP | {"guest": "forbidden"},
    "reader.refuse": TAKES_PART,
    "role.grant": ORGANISES,
    "role.revoke": ORGANISES,
    "wish.clear": TAKES_PART,
    "wish.set": SPEAKS_UP,
    "organisation.create": TAKES_PART | {"guest": "forbidden"},
    "organisation.edit": OWNS,
    "organisation.leave": TAKES_PART,
    "organisation.merge": ORGANISES,
    "organisation.set_member": OWNS,
    "search.delete": TAKES_PART,
    "search.save": TAKES_PART,
    "session.cancel": ORGANISES,
    "session.change": ORGANISES,
    "session.create": ORGANISES,
    "session.reinstate": ORGANISES,
    "session.star": TAKES_PART,
    "session.unstar": TAKES_PART,
}

DESK: dict[str, dict[str, str]] = dict.fromkeys(  # of the attendee's own desk
    ("person.block", "person.unblock", "presence.list"), ABSENT | {"attendee": YES}
)

BOOTH: dict[str, dict[str, str]] = REPORTS | {
    "booth.approve": ORGANISES,
    "booth.decline": ORGANISES,
    "booth.draft": OWNS,
    "booth.submit": OWNS,
    "chat.post": SPEAKS_UP,
    "chat.read": TAKES_PART,
    "chat.remove": TAKES_PART,
    "chat.set": AT_BOOTH,
    "contact.ask": QUEUES,
    "contact.close": SERVES,
    "contact.take": SERVES,
    "file.change": OWNS,
    "file.consent": TAKES_PART,
    "file.place": OWNS,
    "file.remove": OWNS,
    "film.link": OWNS,
    "lead.ask": SERVES,
    "lead.note": SERVES,
    "lead.qualify": SERVES,
    "lead.share": TAKES_PART | {"owner": "forbidden", "staff": "forbidden"},
    "lead.withdraw": TAKES_PART,
    "queue.accept": TAKES_PART,
    "queue.call": SERVES,
    "queue.finish": SERVES,
    "queue.join": QUEUES,
    "queue.leave": TAKES_PART,
    "queue.skip": SERVES,
    "staff.set": OWNS,
    "staff.leave": AT_BOOTH | {"organiser": "forbidden", "admin": "forbidden"},  # the last, because it ends a duty
}

MEETING: dict[str, dict[str, str]] = {  # between the attendee and one of the staff
    "call.bring": INVITED | {"attendee": "forbidden"},
    "call.extend": INVITED,
    "call.rate": INVITED,
    "call.wait": INVITED,
    "chat.post": INVITED,
    "chat.read": INVITED,
    "chat.remove": INVITED,
    "chat.report": INVITED,
    "chat.set": INVITED | {"attendee": "forbidden", "staff": "forbidden"},
    "person.block": INVITED,
    "person.report": INVITED,
    "person.unblock": INVITED,
}

TABLES = {"session": SESSION, "lobby": LOBBY, "desk": DESK, "booth": BOOTH, "meeting": MEETING}
