import assert from "node:assert/strict";
import test from "node:test";
import { FakeEnvironment, fresh, lines, settle, tail } from "./fakes";
import { Live } from "./live";
import { ProblemError } from "./problem";

async function live() {
  const world = new FakeEnvironment();
  const page = new Live(world);
  const room = page.room("room", lines);
  const socket = await world.welcome();
  const join = socket.take().at(-1);
  socket.say({ id: join?.id, ok: fresh(2, ["a", "b"]) });
  return { world, page, room, socket };
}

function retryIn(page: Live, world: FakeEnvironment): number {
  const state = page.connection.value;
  assert.equal(state.phase, "offline");
  return state.phase === "offline" ? state.retryAt - world.now() : NaN;
}

test("the ticket goes with the first message, and the welcome begins", async () => {
  const world = new FakeEnvironment();
  const page = new Live(world);
  page.room("room", lines);
  await settle();
  assert.equal(page.connection.value.phase, "connecting");
  world.socket.events.opened();
  assert.deepEqual(world.socket.take(), [{ op: "hello", ticket: "ticket 1", client: "web/1" }]);
  const time = new Date(world.now() + 90_000).toISOString();
  world.socket.say({ op: "welcome", person: { id: "mei", name: "Mei Lin" }, desk: "desk", heartbeat: 25, time });
  assert.equal(page.connection.value.phase, "live");
  assert.equal(page.now(), world.now() + 90_000);
  assert.deepEqual(world.socket.take().map((frame) => [frame.op, frame["room"]]), [["join", "room"], ["join", "desk"]]);
  assert.equal(page.identity.value?.person?.name, "Mei Lin");
  assert.equal(page.identity.value?.desk?.id, "desk");
});

test("pauses grow with jitter up to thirty seconds", async () => {
  const { world, page } = await live();
  const pauses: number[] = [];
  world.luck = 1;
  world.tickets.push(...Array.from({ length: 9 }, () => new TypeError("failed to fetch")));
  world.socket.events.closed(1006, "");
  for (let failure = 0; failure < 9; failure++) {
    pauses.push(retryIn(page, world));
    await world.advance(pauses.at(-1) ?? 0);
  }
  assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  world.luck = 0.25;
  await world.advance(30_000);
  await settle();
  world.socket.events.closed(1006, "");
  assert.equal(retryIn(page, world), 7500);
});

test("a connection that has held forgives the failures before it, one that broke at once does not", async () => {
  const { world, page } = await live();
  world.luck = 1;
  const pauses: number[] = [];
  for (const held of [0, 0, 10_000]) {
    await world.advance(held);
    world.socket.events.closed(1006, "");
    pauses.push(retryIn(page, world));
    await world.advance(pauses.at(-1) ?? 0);
    await world.welcome();
  }
  assert.deepEqual(pauses, [500, 1000, 500]);
});

test("the server's retry time is respected, even when the reader presses the button", async () => {
  const { world, page } = await live();
  world.luck = 0;
  world.tickets.push(new ProblemError({ code: "unavailable", message: "Wait.", retry_after: 20 }));
  world.socket.events.closed(4501, "retry_after=5");
  assert.equal(retryIn(page, world), 5000);
  page.retryNow();
  assert.equal(world.fetched, 1);
  await world.advance(5_000);
  assert.equal(world.fetched, 2);
  assert.equal(retryIn(page, world), 20_000);
});

test("back online, or looked at again, the page tries at once", async () => {
  const { world, page } = await live();
  world.luck = 1;
  world.socket.events.closed(1006, "");
  page.retryNow();
  const socket = await world.welcome();
  assert.equal(page.connection.value.phase, "live");
  assert.deepEqual(socket.take().at(-1)?.["after"], { epoch: "e1", seq: 2 });
});

test("43xx comes back without its past, 45xx with it", async () => {
  for (const [code, after] of [[4301, undefined], [4508, { epoch: "e1", seq: 2 }], [1012, { epoch: "e1", seq: 2 }]] as const) {
    const { world } = await live();
    world.socket.events.closed(code, "");
    await world.advance(1_000);
    const socket = await world.welcome();
    assert.deepEqual(socket.take().at(-1)?.["after"], after, String(code));
  }
});

test("44xx stops: commands are refused, nothing is tried again", async () => {
  for (const [code, name] of [[4400, "malformed"], [4401, "not_signed_in"], [4403, "forbidden"], [4409, "replaced"], [4426, "version"]] as const) {
    const { world, page, room } = await live();
    const answer = room.send({ op: "chat.post", text: "hello" });
    world.socket.events.closed(code, "Because.");
    await assert.rejects(answer, (error) => error instanceof ProblemError && error.code === name && error.message === "Because.");
    await assert.rejects(room.send({ op: "chat.post", text: "again" }), ProblemError);
    await world.advance(600_000);
    page.retryNow();
    assert.equal(world.sockets.length, 1);
    assert.equal(page.connection.value.phase, "stopped");
  }
});

test("a ticket that lapsed in a sleeping page is fetched again, but not forever", async () => {
  const world = new FakeEnvironment();
  const page = new Live(world);
  page.start();
  for (let attempt = 1; attempt <= 3; attempt++) {
    await settle();
    assert.equal(world.sockets.length, attempt);
    world.socket.events.opened();
    world.socket.events.closed(4401, "This ticket is too old.");
    await world.advance(1_000);
  }
  assert.equal(world.sockets.length, 3);
  assert.equal(page.connection.value.phase, "stopped");
});

test("a hello that came too late is tried again without limit, waiting longer each time", async () => {
  const world = new FakeEnvironment();
  const page = new Live(world);
  page.start();
  for (let attempt = 1; attempt <= 12; attempt++) {
    await settle();
    world.socket.events.opened();
    world.socket.events.closed(4408, "No “hello” arrived in time.");
    assert.equal(page.connection.value.phase, "offline");
    while (world.sockets.length === attempt) await world.advance(1_000);
    assert.equal(world.sockets.length, attempt + 1);
  }
  await world.welcome();
  assert.equal(page.connection.value.phase, "live");
});

test("a refused ticket stops", async () => {
  const world = new FakeEnvironment();
  world.tickets.push(new ProblemError({ code: "forbidden", message: "Reload the page." }));
  const page = new Live(world);
  page.start();
  await settle();
  const state = page.connection.value;
  assert.equal(state.phase === "stopped" && state.problem.message, "Reload the page.");
  assert.equal(world.sockets.length, 0);
});

test("a heartbeat without an answer ends a zombie; what it says later is not heard", async () => {
  const { world, page, room, socket } = await live();
  await world.advance(25_000);
  assert.equal(socket.take().at(-1)?.op, "heartbeat");
  await world.advance(9_999);
  assert.equal(page.connection.value.phase, "live");
  await world.advance(1);
  assert.equal(socket.closedWith, 4509);
  await world.advance(1_000);
  const next = await world.welcome();
  socket.say({ room: "room", events: [{ seq: 3, type: "chat.removed", message: "ghost" }] });
  assert.deepEqual(room.state?.snapshot, ["a", "b"]);
  next.say({ id: next.take().at(-1)?.id, ok: tail(2, []) });
  assert.equal(room.status.value, "live");
});

test("anything heard is a sign of life", async () => {
  const { world, page, socket } = await live();
  await world.advance(25_000);
  socket.say({ room: "room", latest: {} });
  await world.advance(20_000);
  assert.equal(page.connection.value.phase, "live");
});

test("a hint of the browser asks a live connection for a quick sign of life", async () => {
  const { world, page, socket } = await live();
  page.retryNow();
  assert.equal(socket.take().at(-1)?.op, "heartbeat");
  await world.advance(5_000);
  assert.notEqual(page.connection.value.phase, "live");
});

test("a server that never welcomes is given up", async () => {
  const world = new FakeEnvironment();
  const page = new Live(world);
  page.start();
  await settle();
  world.socket.events.opened();
  await world.advance(10_000);
  assert.equal(page.connection.value.phase, "offline");
});

test("a page put aside closes its connection and comes back", async () => {
  const { world, page } = await live();
  const put = world.socket;
  page.suspend();
  assert.equal(put.closedWith, 1000);
  await world.advance(600_000);
  assert.equal(world.sockets.length, 1);
  page.restart();
  const socket = await world.welcome();
  assert.deepEqual(socket.take().at(-1)?.["after"], { epoch: "e1", seq: 2 });
});

test("another person on the page gets nothing of the former one's rooms", async () => {
  const { world } = await live();
  world.socket.events.closed(1006, "");
  await world.advance(1_000);
  const socket = await world.welcome({ person: { id: "jonas", name: "Jonas Berg" } });
  assert.equal(socket.take()[0]?.["after"], undefined);
});

test("frames that this client does not know are passed over", async () => {
  const { room, socket } = await live();
  for (const text of ["{", "7", "null", '{"op":"news"}', '{"room":7}', '{"id":"x"}', '{"room":"elsewhere","events":[]}', '{"id":999,"ok":null}']) {
    socket.events.heard(text);
  }
  assert.deepEqual(room.state?.snapshot, ["a", "b"]);
});
