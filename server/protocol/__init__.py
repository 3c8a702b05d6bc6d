"""The protocol, told from the declared messages: `docs/protocol.md` for people, `web/islands/src/live/types.ts` for the client.

`python -m server.protocol` writes both; with `--check` it only compares, and fails where they have drifted from the messages.
"""
