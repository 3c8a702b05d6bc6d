"""The pages of sessions: discussion, moderation, speakers, the big screen; and their exports."""

from web.pages.forum import exports, sessions

routes = [
    *exports.routes,
    *sessions.routes,
]
