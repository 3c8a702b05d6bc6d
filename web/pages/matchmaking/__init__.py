"""The pages of matchmaking."""

from web.pages.matchmaking import organise, profile, suggestions, wishes

routes = [*suggestions.routes, *profile.routes, *wishes.routes, *organise.routes]
