"""The decoder, fuzzed by Atheris, which looks for bytes that lead where none has led before. Begins with every sound message.

python -m tests.fuzz.guided [seconds]       needs `uv pip install atheris`; scripts/soak --fuzz runs it
"""

import sys
import tempfile
from pathlib import Path

import atheris  # pyright: ignore[reportMissingImports, reportMissingModuleSource]

with atheris.instrument_imports(
    include=["server.live", "rooms.core.commands.registry", "rooms.core.errors", "rooms.core.text", "msgpack"]
):
    from tests.fuzz.decoder import seeds, take_bytes


def main() -> None:
    """Ends with a fault, or when the seconds are over."""
    seconds = sys.argv[1] if len(sys.argv) > 1 else "60"
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds()):
            Path(corpus, str(number)).write_bytes(seed)
        atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-max_len=4096", corpus], take_bytes)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
