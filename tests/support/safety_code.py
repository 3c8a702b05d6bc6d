"""The safety code of a call, written from docs/protocol.md alone."""

import hashlib
import re
import secrets

LABEL = "plenary safety code"


def fingerprint_of(sdp: str) -> str:
    match = re.search(r"^a=fingerprint:(\S+ \S+)", sdp, re.MULTILINE)
    assert match is not None, sdp
    return match[1].upper()


def one_fingerprint(sdp: str) -> str:
    return re.sub(r"a=fingerprint:(?!sha-256 ).*\r\n", "", sdp)


def _digest(*parts: str) -> bytes:
    return hashlib.sha256("\n".join(parts).encode()).digest()


class SafetyCode:
    """One peer's side. `ours` and `theirs`: peer id and fingerprint. `code` is empty until it is known."""

    def __init__(self, ours: tuple[str, str], theirs: tuple[str, str]) -> None:
        self._ours, self._theirs = ours, theirs
        self._nonce = secrets.token_hex(32)
        self._their_commit = ""
        self.code = ""

    @property
    def commit(self) -> str:
        return _digest(LABEL, self._nonce, *self._ours).hex()

    def hear(self, commit: str | None, reveal: str | None) -> str | None:
        """Returns the nonce when it is to be revealed."""
        if commit:
            assert self._their_commit in ("", commit)
            self._their_commit = commit
        if reveal:
            assert _digest(LABEL, reveal, *self._theirs).hex() == self._their_commit, (
                "they did not keep to their commit"
            )
            parties = sorted([(*self._ours, self._nonce), (*self._theirs, reveal)])
            number = int.from_bytes(_digest(LABEL, *parties[0], *parties[1])[:8], "big")
            self.code = f"{number % 1_000_000:06}"
        return self._nonce if commit else None
