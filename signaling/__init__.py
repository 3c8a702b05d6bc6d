"""Everything WebRTC: who may signal whom in a call, which servers help two browsers to find each other, and whether those servers work.

The floor above `rooms`; aiortc and aioice are imported here alone. People in a call talk peer to peer; where no direct path exists, a TURN server
relays (RFC 8656). `messages.py` has what a connection and the server say about a call; `calls.py` who is in, and `signals.py` what goes from one to
another; `relaying.py` keeps addresses back. `ice.py` gives each person the servers and credentials of his own that run out; `relay.py` tries a server
for the operator.
"""
