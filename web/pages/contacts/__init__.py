"""The pages of contacts: one's own card and contacts, codes, and the profile pages of people."""

from web.pages.contacts import card, codes, contacts, profile

routes = [*contacts.routes, *card.routes, *codes.routes, *profile.routes]
