"""The pages of a conference and its programme."""

from web.pages.programme import calendars, conferences, lobby, organise, overview, session_form, settings, timetable

# The calendars come before the pages of sessions (forum): "/sessions/{session}" would match "/sessions/….ics".
routes = [
    *calendars.routes,
    *conferences.routes,
    *lobby.routes,
    *organise.routes,
    *overview.routes,
    *session_form.routes,
    *settings.routes,
    *timetable.routes,
]
