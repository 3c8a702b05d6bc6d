"""The version after this one, as far as a test needs it: a copy of rooms/ with what a next version may well bring.

An event has a field more; there is an event type more, which comes with every message; a table has a column more, by a migration of its own; and
the bus carries a kind of message more.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.server import ROOT, Server

WEIGHED = "chat.weighed"

MIGRATION = '''"""What the next version keeps of a message"""

import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{newest}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("mood", sa.String(10), nullable=True))
'''

EVENT = f'''

class MessageWeighed(Event, tag="{WEIGHED}"):
    message: str
    weight: int
'''

COLUMN = """
messages.append_column(sa.Column("mood", sa.String(10)))
"""

BUS = """

_publish = Hub.publish


def _publish_with_weather(self: Hub, nudges: list[Nudge]) -> None:
    _publish(self, nudges)
    for nudge in nudges:
        self._send(nudge.room, "weather", {"room": nudge.room, "sky": "blue"})


Hub.publish = _publish_with_weather
"""


def make_newer(folder: Path) -> Path:
    """Makes it in `folder`; the folder is what Python has to look for it in."""
    newest = newest_revision()
    shutil.copytree(ROOT / "rooms", folder / "rooms", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("server", "web", "signaling"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "rooms/migrations/versions/next.py").write_text(MIGRATION.format(newest=newest))
    change(folder / "rooms/chat/tables.py", added=COLUMN)
    change(
        folder / "rooms/chat/messages.py",
        ("    message: MessageView\n", "    message: MessageView\n    mood: str | None = None\n"),
        added=EVENT,
    )
    change(
        folder / "rooms/chat/actions.py",
        ("tx.record(m.MessagePosted(message), person", 'tx.record(m.MessagePosted(message, mood="calm"), person'),
        (
            "    if rows:\n",
            "    for row in rows:\n"
            '        row["mood"] = "calm"\n'
            '        tx.record(m.MessageWeighed(row["id"], len(row["text"])))\n'
            "    if rows:\n",
        ),
    )
    change(folder / "rooms/core/delivery/hub.py", added=BUS)
    return folder


def python(server: Server, verb: str, code: Path) -> "subprocess.CompletedProcess[str]":
    """`python -m server` of this code, with the settings of a server."""
    environment = {**server.environment, "PYTHONPATH": str(code)}
    command = [sys.executable, "-W", "error", "-m", "server", verb]
    return subprocess.run(command, env=environment, cwd=server.folder, capture_output=True, text=True)


def migrate(server: Server, code: Path) -> None:
    done = python(server, "migrate", code)
    assert done.returncode == 0, done.stderr


def change(path: Path, *changes: tuple[str, str], added: str = "") -> None:
    text = path.read_text("utf-8")
    for before, after in changes:
        assert text.count(before) == 1, f"{path.name} has become another: {before!r}"
        text = text.replace(before, after)
    path.write_text(text + added, "utf-8")


def newest_revision() -> str:
    files = (ROOT / "rooms/migrations/versions").glob("[0-9]*.py")
    return max(path.name.partition("_")[0] for path in files)
