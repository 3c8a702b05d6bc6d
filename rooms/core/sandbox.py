"""A look into what a stranger has sent, by a process of its own: whatever breaks there, or grows without end, breaks nothing here."""

import asyncio
import contextlib
import sys
from pathlib import Path

SECONDS = 40.0


async def run_sandboxed(script: Path, *arguments: str, given: bytes = b"") -> bytes | None:
    """What a script prints when it gets `given` on its standard input. It knows nothing of our settings, and bounds its own memory and time.

    None: it took too long, or was ended by its own bounds or by what it was given to read.
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
        told, _ = await asyncio.wait_for(process.communicate(given), SECONDS)
    except TimeoutError:
        return None
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return told if process.returncode == 0 else None
