"""Everything WebRTC: which servers help two browsers to find each other, and whether those servers work.

The floor above `rooms`; aiortc and aioice are imported here alone. Two people talk peer to peer; where no direct path exists, a TURN server
relays (RFC 8656). `ice.py` gives each person the servers and credentials of his own that run out; `relay.py` tries a server for the operator.
"""
