"""The stage: a few people publish by WHIP (RFC 9725), everyone else views by WHEP (draft-ietf-wish-whep-04). Media is forwarded without transcoding.

In the server's processes:

- `stages.py`: who may publish and view, and the state of each session's stage. `keys.py`: the stream keys of programs such as OBS.
- `engine.py`: what an engine can do. `builtin.py`: the built-in engine, a client of the stage process.
- `control.py`: the messages between the two.

In the stage process, which is separate so that media never delays a room:

- `worker.py`: the process. `forwarding.py`: the stages in it, with their publisher and viewers.
- `mux.py`: ICE-lite for every peer on one UDP port. `peer.py`: one peer. `dtls.py`: keys by DTLS, the only module that uses private names of aiortc.
- `sdp.py`: reads offers and writes answers. `fragments.py`: changes during a session (trickle ICE, ICE restart).
- `source.py`: what a publisher sends. `viewer.py`: what a viewer receives. `rtp.py`: packets.
"""
