"""One simulated attendee: what they do, how often, and how they react to a refusal."""

import asyncio
import math
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from rooms.core.engine import Engine
from server.audience.client import Client, CommandRefused, Gone, LiveAddress, first_of
from server.audience.guests import Guest
from server.audience.tally import Tally
from server.audience.words import CHAT, WORDS, QuestionSupply

NEVER = math.inf
A_DAY = 86_400.0
BACK_OFF_BASE, BACK_OFF_CAP = 0.5, 15.0  # seconds, with full jitter
STOP = {*range(4400, 4500)} - {4408}  # after 4408 (no hello in time) the next attempt may succeed


@dataclass(frozen=True, slots=True)
class Temper:
    """The average seconds between two acts of each kind."""

    chat: float
    ask: float
    vote: float


LURKER = Temper(chat=NEVER, ask=NEVER, vote=240)
VOTER = Temper(chat=600, ask=900, vote=25)
TALKER = Temper(chat=40, ask=600, vote=60)
ASKER = Temper(chat=300, ask=110, vote=45)
TEMPERS, SHARES = (LURKER, VOTER, TALKER, ASKER), (0.45, 0.30, 0.14, 0.11)


class Mood:
    """The pace of the whole audience, which rises for a while now and then, as after a remark of the speaker."""

    def __init__(self, pace: float, chance: random.Random) -> None:
        self.pace = pace
        self._chance = chance
        self._burst_until = 0.0
        self._next_burst = 0.0

    def wait(self, mean: float) -> float:
        """Random seconds until somebody's next act."""
        now = asyncio.get_running_loop().time()
        if now >= self._next_burst:
            self._burst_until = now + self._chance.uniform(4, 9)
            self._next_burst = now + self._chance.uniform(25, 50)
        quicker = 4.0 if now < self._burst_until else 1.0
        return min(self._chance.expovariate(1.0) * mean / self.pace / quicker, A_DAY)


class Attendee:
    def __init__(
        self,
        guest: Guest,
        engine: Engine,
        door: LiveAddress,
        room: str,
        tally: Tally,
        mood: Mood,
        questions: QuestionSupply,
        chance: random.Random,
        *,
        packed: bool,
    ) -> None:
        self._guest = guest
        self._engine = engine
        self._tally = tally
        self._mood = mood
        self._words = questions
        self._chance = chance
        self._temper = chance.choices(TEMPERS, SHARES)[0]
        self._client = Client(
            door,
            room,
            self._ticket,
            tally,
            packed=packed,
            on_event=self._on_event,
            entered=self._entered,
            values=self._values,
        )
        self._public: dict[str, int] = {}
        self._voted: set[str] = set()
        self._asking = "open"
        self._anonymous = False
        self._chat_open = True
        self._slow = 0.0
        self._polls: dict[str, dict[str, Any]] = {}
        self._answered: set[str] = set()

    async def attend(self) -> None:
        """Joins, takes part, and reconnects after losses. Ends by itself only when the server says that reconnecting cannot help."""
        failures = 0
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await self._client.follow(self._take_part)
            except Gone as gone:
                self._tally.cut += 1
                if gone.code in STOP:
                    self._tally.fault(f"{self._guest.name} was turned away with {gone.code}")
                    return
            except CommandRefused as refused:
                if refused.code in {"forbidden", "not_found"}:  # removed by a moderator, or the session was hidden
                    return
            failures = 0 if asyncio.get_running_loop().time() - began > 5 else failures + 1
            await asyncio.sleep(self._chance.uniform(0, min(BACK_OFF_CAP, BACK_OFF_BASE * 2**failures)))

    async def _ticket(self) -> str:
        return self._guest.ticket(self._engine)

    async def _take_part(self) -> None:
        self._tally.connected += 1
        try:
            await first_of(
                self._often(self._temper.chat, self._chat),
                self._often(self._temper.ask, self._ask),
                self._often(self._temper.vote, self._vote),
                self._often(self._temper.vote, self._answer),
                self._lose_the_network(),
            )
        finally:
            self._tally.connected -= 1

    async def _often(self, mean: float, act: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while True:
            await asyncio.sleep(self._mood.wait(mean))
            try:
                await act()
            except CommandRefused as refused:
                self._tally.refused += 1
                # Locked asking, a closed chat, silence, slow mode: waits as the server says, or until things may have changed.
                await asyncio.sleep(refused.retry_after or 10 / self._mood.pace)

    async def _lose_the_network(self) -> None:
        await asyncio.sleep(self._mood.wait(300))
        self._client.drop()
        await asyncio.Event().wait()  # the reader notices, as it would with a real loss

    async def _chat(self) -> None:
        if not self._chat_open:
            return
        text = self._chance.choice(CHAT)
        key = f"{self._guest.person} {text}"
        self._tally.sent(key)
        await self._client.command("chat.post", text=text)
        self._tally.messages += 1
        await asyncio.sleep(self._slow)

    async def _ask(self) -> None:
        if self._asking == "locked":
            return
        anonymous = self._anonymous and self._chance.random() < 0.2
        await self._client.command("question.ask", text=self._words.next(), anonymous=anonymous)
        self._tally.questions += 1

    async def _vote(self) -> None:
        chosen = self._choose()
        if chosen is None:
            return
        if chosen in self._voted:
            await self._client.command("question.unvote", question=chosen)
            self._voted.discard(chosen)
        else:
            await self._client.command("question.vote", question=chosen)
            self._voted.add(chosen)
            self._tally.votes += 1

    async def _answer(self) -> None:
        """Answers the polls that are open, each once."""
        for poll in [each for id, each in self._polls.items() if id not in self._answered]:
            answer: dict[str, Any]
            if poll["kind"] in {"text", "cloud"}:
                answer = {"text": self._chance.choice(WORDS)}
            else:
                answer = {"choices": [self._chance.randint(1, len(poll["options"]) or 5)]}
            self._answered.add(poll["id"])
            await self._client.command("poll.answer", poll=poll["id"], version=poll["version"], **answer)
            self._tally.answers += 1

    def _choose(self) -> str | None:
        """A question without this person's vote, popular ones more often; seldom one whose vote they take back."""
        if self._voted and self._chance.random() < 0.03:
            return self._chance.choice(sorted(self._voted & self._public.keys()) or [None])
        fresh = [question for question in self._public if question not in self._voted]
        if not fresh:
            return None
        return self._chance.choices(fresh, [1 + self._public[question] for question in fresh])[0]

    # Events of the room

    def _entered(self, joined: dict[str, Any]) -> None:
        snapshot = joined["snapshot"]
        self._public = dict.fromkeys((question["id"] for question in snapshot["questions"]), 0)
        self._note_asking(snapshot["asking"])
        self._note_chat(snapshot["chat"])
        self._voted = set(joined["own"]["votes"])
        self._polls = {poll["id"]: poll for poll in snapshot["polls"] if poll["state"] == "open"}
        self._answered = set(joined["own"]["answers"])

    def _on_event(self, event: dict[str, Any], late: bool) -> None:
        match event["type"]:
            case "chat.posted":
                message = event["message"]
                if not late:
                    self._tally.seen(f"{message['author']['id']} {message['text']}")
            case "question.shown":
                self._public.setdefault(event["question"]["id"], 0)
            case "question.hidden":
                self._public.pop(event["question"], None)
            case "poll.opened" | "poll.changed" | "poll.closed":
                self._note_poll(event["poll"])
            case "asking.changed":
                self._note_asking(event["asking"])
            case "chat.changed":
                self._note_chat(event["chat"])
            case _:
                pass

    def _values(self, latest: dict[str, Any]) -> None:
        for question, votes in latest.get("votes", {}).items():
            if question in self._public:
                self._public[question] = votes
        for question, voted in latest.get("own_votes", {}).items():
            (self._voted.add if voted else self._voted.discard)(question)

    def _note_poll(self, poll: dict[str, Any]) -> None:
        if poll["state"] == "open":
            self._polls[poll["id"]] = poll
        else:
            self._polls.pop(poll["id"], None)

    def _note_asking(self, asking: dict[str, Any]) -> None:
        self._asking, self._anonymous = asking["asking"], asking["anonymous"]

    def _note_chat(self, chat: dict[str, Any]) -> None:
        self._chat_open, self._slow = chat["open"], float(chat["slow_seconds"])
