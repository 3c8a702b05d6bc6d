"""A really running server with the small world in its database."""

from tests.support.live_servers import own_furnished, own_server  # noqa: F401 - fixtures
