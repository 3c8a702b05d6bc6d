"""Reads untrusted files in separate processes, so that a fault or endless growth there does no harm here."""

import asyncio
import contextlib
import sys
from pathlib import Path

SECONDS = 40.0


async def run_sandboxed(script: Path, *arguments: str, data: bytes = b"") -> bytes | None:
    """What a script prints when it gets `data` on its standard input. It gets none of our settings, and limits its own memory and time.

    None if it took too long, exceeded its limits or crashed.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(script),
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        printed, _ = await asyncio.wait_for(process.communicate(data), SECONDS)
    except TimeoutError:
        return None
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return printed if process.returncode == 0 else None
