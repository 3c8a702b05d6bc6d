import assert from "node:assert/strict";
import test from "node:test";
import { FakeEnvironment, fresh, hidden, lines, tail, numbered, type FakeSocket } from "./fakes";
import { Live } from "./live";
import type { NumberedEvent } from "./wire";

// A server that commits every command once, behind a network that loses, doubles and reorders frames and breaks connections.

function dice(seed: number): () => number {
  let state = seed + 0x9e3779b9;
  return () => {
    state = Math.imul(state ^ (state >>> 15), state | 1);
    state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
    return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
  };
}

class StormyServer {
  readonly log: NumberedEvent[] = [];
  private readonly done = new Map<string, number>(); // key → seq
  private readonly held: object[] = [];
  fair = false;

  constructor(
    private readonly world: FakeEnvironment,
    private readonly roll: () => number,
  ) {}

  get lines(): string[] {
    return this.log.flatMap((entry) => (entry.type === "chat.removed" ? [entry.message] : []));
  }

  /** Reads what the client has sent and answers it. */
  serve(): void {
    for (const frame of this.world.socket.take()) {
      if (!this.fair && this.roll() < 0.1) continue; // lost
      if (frame.op === "join") this.join(frame.id, frame["after"] as { seq: number } | undefined);
      if (frame.op === "heartbeat") this.say({ id: frame.id, ok: { seqs: { room: this.log.length }, time: new Date(this.world.now()).toISOString() } });
      if (frame.op === "chat.post") this.post(frame.id, String(frame["key"]), String(frame["text"]));
    }
    if (this.roll() < 0.5 || this.fair) for (const frame of this.held.splice(0)) this.world.socket.say(frame);
  }

  private join(id: number, after: { seq: number } | undefined): void {
    const top = this.log.length;
    this.say({ id, ok: after ? tail(top, this.log.slice(after.seq)) : fresh(top, this.lines) });
  }

  private post(id: number, key: string, text: string): void {
    if (!this.done.has(key)) {
      this.commit(text);
      this.done.set(key, this.log.length);
    }
    this.say({ id, ok: null, seq: this.done.get(key) });
  }

  private commit(text: string): void {
    const from = this.log.length;
    this.log.push(numbered(from + 1, text));
    if (this.roll() < 0.3) this.log.push(hidden(from + 2));
    this.say({ room: "room", events: this.log.slice(from) });
  }

  private say(frame: object): void {
    const luck = this.fair ? 1 : this.roll();
    if (luck < 0.1) return; // lost
    if (luck < 0.25) this.held.push(frame); // late
    else this.world.socket.say(frame);
    if (luck > 0.9 && luck < 1) this.world.socket.say(frame); // twice
  }
}

async function reconnect(world: FakeEnvironment, known: FakeSocket): Promise<void> {
  for (let wait = 0; wait < 100 && world.socket === known; wait++) await world.advance(1_000);
  await world.welcome();
}

test("through two hundred storms nothing is lost, doubled or out of order", async () => {
  for (let seed = 0; seed < 200; seed++) {
    const roll = dice(seed);
    const world = new FakeEnvironment();
    const live = new Live(world);
    const room = live.room("room", lines);
    const server = new StormyServer(world, roll);
    const answers: Promise<unknown>[] = [];
    await world.welcome();
    for (let step = 0; step < 60; step++) {
      if (roll() < 0.4) answers.push(room.send({ op: "chat.post", text: `${seed}:${answers.length}` }));
      if (roll() < 0.1) {
        const broken = world.socket;
        broken.events.closed([1006, 4501, 4508, 4301][Math.floor(roll() * 4)] ?? 1006, "");
        await reconnect(world, broken);
      }
      server.serve();
      await world.advance(roll() * 3_000);
      if (live.connection.value.phase !== "live") await reconnect(world, world.socket);
    }
    server.fair = true;
    for (let step = 0; step < 60; step++) {
      server.serve();
      await world.advance(2_000);
      if (live.connection.value.phase !== "live") await reconnect(world, world.socket);
    }
    assert.ok(answers.length > 5);
    await Promise.all(answers);
    assert.deepEqual([...server.lines].sort(), answers.map((_, index) => `${seed}:${index}`).sort());
    assert.deepEqual(room.state?.snapshot, server.lines, `storm ${seed}`);
  }
});
