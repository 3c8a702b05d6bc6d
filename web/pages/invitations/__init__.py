"""The page of an invitation, and that on which organisers import people."""

from web.pages.invitations import invites, people_table

routes = [
    *invites.routes,
    *people_table.routes,
]
