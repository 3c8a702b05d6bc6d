"""Addresses of static files, each with a fingerprint of its content, so that browsers may keep them for a long time."""

import hashlib
from pathlib import Path

LENGTH = 12


class Assets:
    """Caches the fingerprints of the files below a folder, and updates them when a file changes."""

    def __init__(self, folder: Path, prefix: str = "/static/") -> None:
        self._folder = folder
        self._prefix = prefix
        self._known: dict[str, tuple[tuple[int, int], str]] = {}

    def address(self, name: str) -> str:
        """The address of a file by its path below the folder; of the folder itself for ""."""
        if not name:
            return self._prefix
        path = self._folder / name
        try:
            status = path.stat()
        except FileNotFoundError:
            return self._prefix + name
        stamp = (status.st_mtime_ns, status.st_size)
        known = self._known.get(name)
        if known is None or known[0] != stamp:
            known = (stamp, hashlib.sha256(path.read_bytes()).hexdigest()[:LENGTH])
            self._known[name] = known
        return f"{self._prefix}{name}?v={known[1]}"

    def built(self, pattern: str) -> str:
        """The address of the matching file below the folder, whose name already has a fingerprint; "" if it is not built."""
        found = next(iter(sorted(self._folder.glob(pattern))), None)
        return f"{self._prefix}{found.relative_to(self._folder)}" if found else ""
