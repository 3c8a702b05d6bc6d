"""The pages of sessions: discussion, moderation, speakers, the big screen; and their exports."""

from web.pages.forum import broadcasts, exports, sessions

routes = [
    *broadcasts.routes,
    *exports.routes,
    *sessions.routes,
]
