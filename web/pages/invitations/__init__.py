from web.pages.invitations import invites

routes = [*invites.routes]
