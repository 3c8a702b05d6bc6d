"""The bus over Redis goes on after a fault of ours, in what listens to it or in what it sends."""

import logging

import pytest

from rooms.core.delivery.bus.redis import RedisBus
from tests.support.waiting import until


async def test_one_message_that_cannot_be_dealt_with_does_not_end_the_listening(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    here, there = RedisBus(redis_url), RedisBus(redis_url)
    heard: list[bytes] = []

    def receive(channel: str, data: bytes) -> None:
        if data == b"odd":
            raise AttributeError("a fault of ours")
        heard.append(data)

    await here.start(receive, lambda: None)
    await there.start(lambda channel, data: None, lambda: None)
    await here.subscribe("room:1")
    with caplog.at_level(logging.ERROR, "plenary.bus"):
        for data in (b"odd", b"even"):
            there.publish("room:1", data)
        await until(lambda: heard == [b"even"])
    assert "could not be dealt with" in caplog.text
    assert here.is_up
    await here.stop()
    await there.stop()


async def test_one_message_that_cannot_be_sent_does_not_end_the_sending(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    here, there = RedisBus(redis_url), RedisBus(redis_url)
    heard: list[bytes] = []
    await here.start(lambda channel, data: heard.append(data), lambda: None)
    await there.start(lambda channel, data: None, lambda: None)
    await here.subscribe("room:1")
    with caplog.at_level(logging.ERROR, "plenary.bus"):
        there.publish("room:1", object())  # type: ignore[arg-type]
        await until(lambda: "were not sent" in caplog.text)
        there.publish("room:1", b"even")
        await until(lambda: heard == [b"even"])
    await here.stop()
    await there.stop()
