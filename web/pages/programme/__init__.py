from web.pages.programme import calendars, conferences, lobby, organise, overview, session_form, settings, timetable

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
