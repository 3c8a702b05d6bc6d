"""WebRTC: who may signal whom in a call, the stage of a session, and which STUN and TURN servers browsers use.

The layer above `rooms`, and the only one that imports aiortc and aioice. The media of a call flows from browser to browser, or through a TURN server
(RFC 8656) where no direct path exists.

- `messages.py`: the protocol of calls.
- `calls.py`: who is in a call; `seats.py`: its types. `signals.py`: forwards signals between peers; `address_privacy.py`: removes addresses from them.
- `ice.py`: servers and short-lived credentials for a person. `turn_probe.py`: tests a server for `python -m server doctor`.
- `stage/`: publishing on a session's stage and viewing it.
- `stats.py`: counters for /metrics.
"""
