"""The protocol, generated from the declared messages: `docs/protocol.md` for people, and for the client `web/islands/src/live/types.ts` with a file per slice.

`python -m server.protocol` writes them; with `--check` it only compares, and fails if they are out of date.
"""
