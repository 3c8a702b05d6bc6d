"""The pages of organisations."""

from web.pages.organisations import editing, organise, profile, table

# "/organisations/new" comes before "/organisations/{organisation}", which would match it.
routes = [*editing.routes, *organise.routes, *profile.routes, *table.routes]
