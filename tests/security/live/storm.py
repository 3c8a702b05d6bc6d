"""`python -m tests.security.live.storm PORT COUNT`: very many people press “Sign in” in the same moment, from a process of their own, so that
nothing but the server can hold up live traffic in the meantime. Prints the returned `statuses` as JSON, and how many responses had a Retry-After."""

import asyncio
import json
import sys
from collections import Counter
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

PATIENCE = 120.0  # seconds


def form_of(port: int) -> tuple[str, str]:
    """The cookie and the token that a browser gets with the form."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/sign-in")
        answer = connection.getresponse()
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        token = answer.read().decode().partition('<meta name="csrf" content="')[2].partition('"')[0]
    finally:
        connection.close()
    assert token
    return cookie, token


def request_of(port: int, number: int, cookie: str, token: str) -> bytes:
    """The complete request of one client: each has its own account and address, and none knows the password."""
    email = f"person{number}@example.org"
    body = urlencode({"by": "password", "email": email, "password": "wrong but long", "csrf": token}).encode()
    head = (
        f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
        f"X-Forwarded-For: 10.{number % 250}.{number // 250}.9\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


async def attempt(port: int, request: bytes) -> tuple[int, bool]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        answer = await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()
    head = answer.partition(b"\r\n\r\n")[0].lower()
    return int(head.split(b" ", 2)[1]), b"\r\nretry-after: " in head


async def storm(port: int, count: int) -> dict[str, Any]:
    cookie, token = await asyncio.to_thread(form_of, port)
    requests = [request_of(port, number, cookie, token) for number in range(count)]
    async with asyncio.timeout(PATIENCE):
        answers = await asyncio.gather(*(attempt(port, request) for request in requests))
    return {"statuses": Counter(status for status, _ in answers), "says_when": sum(when for _, when in answers)}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(storm(int(sys.argv[1]), int(sys.argv[2])))))
