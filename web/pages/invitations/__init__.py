"""The page of an invitation."""

from web.pages.invitations import invites

routes = [
    *invites.routes,
]
