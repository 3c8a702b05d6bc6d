"""A mail server for tests."""

import asyncio


class MailServer:
    """Speaks as much SMTP as a doctor hears: with or without STARTTLS and with one password."""

    def __init__(self, *lines: str) -> None:
        self.extensions = lines
        self.heard: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"220 mail.example ESMTP\r\n")
            while line := await reader.readline():
                self.heard.append(line.decode().strip())
                verb = line.split()[0].upper() if line.split() else b""
                if verb == b"EHLO":
                    lines = ["mail.example", *self.extensions]
                    text = "".join(f"250-{each}\r\n" for each in lines[:-1]) + f"250 {lines[-1]}\r\n"
                    writer.write(text.encode())
                elif verb == b"QUIT":
                    writer.write(b"221 bye\r\n")
                    break
                else:
                    writer.write(b"535 5.7.8 no\r\n")
            await writer.drain()
        finally:
            writer.close()  # also when the test is over before its client has gone
