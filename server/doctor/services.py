"""Checks of other services: the message bus, the mail server, the relays of calls."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

import aiosmtplib

from rooms.core.delivery.bus.trial import NotReached, try_redis
from server.doctor.findings import Finding, missing, ok, unused, wrong
from server.doctor.storage import skew
from server.settings import Settings
from signaling.ice import credentials, parse
from signaling.turn_probe import Probe, probe_server

OLDEST_REDIS = (6, 2)
PATIENCE = 10.0


async def check_bus(settings: Settings) -> AsyncIterator[Finding]:
    if not settings.redis:
        yield unused("Redis", "not set: one process only (PLENARY_REDIS)")
        return
    try:
        tried = await try_redis(settings.redis)
    except NotReached as fault:
        yield wrong("Redis", str(fault), "is it running, and is PLENARY_REDIS right?")
        return
    version = tuple(int(part) for part in tried.version.split(".")[:2] if part.isdigit())
    if version < OLDEST_REDIS:
        yield wrong("Redis", f"{tried.version} is too old", "use Redis 6.2 or Valkey")
    else:
        where = f", a cluster of {tried.nodes}" if tried.nodes else ""
        if tried.replicas is not None:
            where = f", the master that the Sentinels name, with {tried.replicas} replicas"
        yield ok("Redis", f"{tried.version}{where}, a message and its echo in {tried.round_trip * 1000:.1f} ms")
    yield skew("Redis clock", tried.skew)


async def check_mail(settings: Settings) -> AsyncIterator[Finding]:
    if not settings.smtp:
        yield unused("mail", "not set: emails are printed into the log (PLENARY_SMTP)")
        return
    parts = urlsplit(settings.smtp)
    tls = parts.scheme == "smtps"
    port = parts.port or (465 if tls else 25)
    where = f"{parts.hostname}:{port}"
    # STARTTLS by hand, to tell a server without it from one that cannot be reached.
    client = aiosmtplib.SMTP(hostname=parts.hostname, port=port, use_tls=tls, start_tls=False, timeout=PATIENCE)
    try:
        async with client:
            encrypted = tls
            if not tls and client.supports_extension("starttls"):
                await client.starttls()
                encrypted = True
            if not encrypted and parts.username:
                yield wrong(
                    "mail", f"{where} would take the password in the clear", "use a server with STARTTLS, or smtps://"
                )
                return
            if parts.username:
                await client.login(unquote(parts.username), unquote(parts.password or ""))
            how = "TLS" if encrypted else "no TLS"
            yield ok("mail", f"{where} answers ({how}{', signed in' if parts.username else ''})")
    except aiosmtplib.SMTPAuthenticationError as fault:
        yield wrong("mail", f"{where} refuses the login: {fault.message}", "check user and password in PLENARY_SMTP")
    except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as fault:
        yield wrong(
            "mail", f"{where} does not answer correctly: {fault}", "is PLENARY_SMTP right, and is the port open?"
        )


async def check_turn_servers(settings: Settings) -> AsyncIterator[Finding]:
    if not settings.turn:
        yield unused("TURN", "not set: calls only where browsers reach each other directly (PLENARY_TURN)")
        return
    for address in settings.turn:
        server = parse(address)
        if server.relays and not settings.turn_secret:
            remedy = "set PLENARY_TURN_SECRET to the static-auth-secret of coturn"
            yield missing("TURN", f"{address}: the secret for its credentials is missing", remedy)
            continue
        given = credentials(settings.turn_secret, "doctor", datetime.now(UTC)) if server.relays else None
        for finding in _of_relay(address, await probe_server(server, given)):
            yield finding
    if not any(address.startswith("turns:") for address in settings.turn):
        yield unused(
            "TURN over TLS", "not set: people behind strict firewalls cannot call (turns:host:443?transport=tcp)"
        )


def _of_relay(address: str, probe: Probe) -> list[Finding]:
    if probe.fault:
        return [wrong("TURN", f"{address}: {probe.fault}", "see the log of coturn")]
    if probe.relayed is None:
        return [ok("STUN", f"{address} sees us as {probe.mapped}")]
    found = [ok("TURN", f"{address} relays from {probe.relayed} and sees us as {probe.mapped}")]
    if probe.relays_from_inside:
        text = f"{address} relays from {probe.relayed}, which nobody outside can reach"
        found.append(wrong("TURN", text, "set external-ip in coturn to its public address"))
    if probe.reaches:
        text = f"{address} lets strangers reach {', '.join(probe.reaches)} through it"
        found.append(
            wrong("TURN", text, "deny these networks in coturn: docs/operations.md has the denied-peer-ip lines")
        )
    return found
