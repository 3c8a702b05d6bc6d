import assert from "node:assert/strict";
import test from "node:test";
import { FakeEnvironment, fresh, hidden, lines, settle, tail, numbered, type FakeSocket } from "./fakes";
import { Live } from "./live";
import { GRACE } from "./room";

const ROOM = "room";

/** A page that has joined a room at seq 2, where "a" and "b" have arrived. */
async function joined() {
  const world = new FakeEnvironment();
  const live = new Live(world);
  const room = live.room(ROOM, lines);
  const socket = await world.welcome();
  const [join] = socket.take();
  assert.deepEqual(join, { op: "join", id: join?.id, room: ROOM });
  socket.say({ id: join?.id, ok: fresh(2, ["a", "b"]) });
  return { world, live, room, socket };
}

function frame(...events: object[]) {
  return { room: ROOM, events };
}

function onlyFrame(socket: FakeSocket) {
  const sent = socket.take();
  assert.equal(sent.length, 1);
  return sent[0]!;
}

test("events follow the snapshot, and a hidden one still moves the counter", async () => {
  const { room, socket } = await joined();
  const seen: string[] = [];
  room.events((event) => seen.push(event.type));
  let renders = 0;
  room.subscribe(() => (renders += 1));
  socket.say(frame(numbered(3, "c"), hidden(4), numbered(5, "d")));
  assert.deepEqual(room.state?.snapshot, ["a", "b", "c", "d"]);
  assert.deepEqual(seen, ["chat.removed", "chat.removed"]);
  assert.equal(renders, 1);
  assert.deepEqual(socket.take(), []);
});

test("what comes twice counts once, and a batch in disorder is put in order", async () => {
  const { room, socket } = await joined();
  socket.say(frame(numbered(4, "d"), numbered(3, "c")));
  socket.say(frame(numbered(2, "b"), numbered(4, "d"), numbered(5, "e")));
  assert.deepEqual(room.state?.snapshot, ["a", "b", "c", "d", "e"]);
});

test("a hole is resumed from its own position, and what lies behind it waits", async () => {
  const { room, socket } = await joined();
  socket.say(frame(numbered(5, "e")));
  const join = onlyFrame(socket);
  assert.deepEqual(join["after"], { epoch: "e1", seq: 2 });
  socket.say(frame(numbered(6, "f")));
  assert.deepEqual(room.state?.snapshot, ["a", "b"]);
  socket.say({ id: join.id, ok: tail(4, [numbered(3, "c"), numbered(4, "d")]) });
  assert.deepEqual(room.state?.snapshot, ["a", "b", "c", "d", "e", "f"]);
  assert.deepEqual(socket.take(), []);
});

test("what comes before the snapshot is applied after it", async () => {
  const world = new FakeEnvironment();
  const room = new Live(world).room(ROOM, lines);
  const socket = await world.welcome();
  const join = onlyFrame(socket);
  socket.say({ ...frame(numbered(2, "b"), numbered(3, "c")), latest: { votes: { q: 7 } } });
  assert.deepEqual([room.state, room.status.value], [null, "joining"]);
  socket.say({ id: join.id, ok: fresh(2, ["a", "b"], { latest: { votes: { q: 6, r: 1 } } }) });
  assert.deepEqual(room.state?.snapshot, ["a", "b", "c"]);
  assert.deepEqual(room.state?.latest, { votes: { q: 7, r: 1 } });
  assert.equal(room.status.value, "live");
});

test("a tail with a gap is rejected: a snapshot is requested", async () => {
  const { world, room, socket } = await joined();
  socket.say(frame(numbered(5, "e")));
  const resume = onlyFrame(socket);
  socket.say({ id: resume.id, ok: tail(5, [numbered(3, "c"), numbered(5, "e")]) });
  assert.deepEqual([socket.take(), room.state?.snapshot], [[], ["a", "b"]]); // not at once: the fault may last
  await world.advance(2_000);
  const join = onlyFrame(socket);
  assert.equal(join["after"], undefined);
  socket.say({ id: join.id, ok: fresh(5, ["a", "b", "c", "d", "e"]) });
  assert.deepEqual(room.state?.snapshot, ["a", "b", "c", "d", "e"]);
});

test("another history replaces everything", async () => {
  const { world, room } = await joined();
  const next = await reconnected(world, 4508);
  const join = onlyFrame(next);
  assert.deepEqual(join["after"], { epoch: "e1", seq: 2 });
  next.say({ id: join.id, ok: fresh(1, ["z"], { epoch: "e2" }) });
  next.say(frame(numbered(2, "y")));
  assert.deepEqual(room.state?.snapshot, ["z", "y"]);
});

test("the tail of another history, or for other eyes, is not applied", async () => {
  for (const other of [{ epoch: "e2" }, { audience: "moderators" }]) {
    const { world, room } = await joined();
    const next = await reconnected(world, 4508);
    next.say({ id: onlyFrame(next).id, ok: tail(3, [numbered(3, "x")], other) });
    const join = onlyFrame(next);
    assert.equal(join["after"], undefined);
    assert.deepEqual(room.state?.snapshot, ["a", "b"]);
  }
});

test("a resume takes the tail, one's own and the latest values", async () => {
  const { world, room } = await joined();
  const next = await reconnected(world, 1006);
  next.say({ id: onlyFrame(next).id, ok: tail(4, [numbered(3, "c"), hidden(4)], { own: { read: 9 }, latest: { votes: { q: 2 } } }) });
  assert.deepEqual(room.state, { snapshot: ["a", "b", "c"], own: { read: 9 }, latest: { votes: { q: 2 } } });
});

test("changed rights replace everything at once", async () => {
  const { room, socket } = await joined();
  socket.say({ room: ROOM, ...fresh(7, ["secret"], { audience: "moderators", epoch: "e1-moderators" }) });
  assert.equal(room.audience, "moderators");
  socket.say(frame(numbered(8, "more")));
  assert.deepEqual(room.state?.snapshot, ["secret", "more"]);
});

test("a snapshot older than the known state is completed", async () => {
  const { world, room, socket } = await joined();
  socket.say(frame(numbered(3, "c")));
  socket.say({ room: ROOM, ...fresh(2, ["a", "b"]) });
  await world.advance(GRACE);
  const join = onlyFrame(socket);
  assert.deepEqual(join["after"], { epoch: "e1", seq: 2 });
  socket.say({ id: join.id, ok: tail(3, [numbered(3, "c")]) });
  assert.deepEqual(room.state?.snapshot, ["a", "b", "c"]);
});

test("a lost last frame shows in the heartbeat and is fetched", async () => {
  const { world, room, socket } = await joined();
  await world.advance(25_000);
  const beat = onlyFrame(socket);
  assert.equal(beat.op, "heartbeat");
  socket.say({ id: beat.id, ok: { seqs: { [ROOM]: 3 }, time: new Date(world.now()).toISOString() } });
  assert.deepEqual(socket.take(), []);
  await world.advance(GRACE);
  const join = onlyFrame(socket);
  socket.say({ id: join.id, ok: tail(3, [numbered(3, "c")]) });
  assert.deepEqual(room.state?.snapshot, ["a", "b", "c"]);
});

test("a heartbeat that does not know the room makes it join again", async () => {
  const { world, socket } = await joined();
  await world.advance(25_000);
  socket.say({ id: onlyFrame(socket).id, ok: { seqs: {}, time: new Date(world.now()).toISOString() } });
  assert.deepEqual(onlyFrame(socket)["after"], { epoch: "e1", seq: 2 });
});

test("a removed member keeps nothing of the room until readmitted", async () => {
  const { room, socket } = await joined();
  socket.say({ room: ROOM, left: { code: "forbidden", message: "A moderator has removed you." } });
  assert.equal(room.status.value, "left");
  assert.equal(room.problem?.message, "A moderator has removed you.");
  assert.equal(room.state, null);
  socket.say(frame(numbered(3, "c")));
  assert.equal(room.state, null);
  room.rejoin();
  const join = onlyFrame(socket);
  assert.equal(join["after"], undefined);
  socket.say({ id: join.id, ok: fresh(3, ["a", "b", "c"]) });
  assert.equal(room.status.value, "live");
});

test("a join that is refused for good leaves; one refused for now is repeated when the server says", async () => {
  const world = new FakeEnvironment();
  const room = new Live(world).room(ROOM, lines);
  const socket = await world.welcome();
  world.luck = 0;
  socket.say({ id: onlyFrame(socket).id, error: { code: "unavailable", message: "Wait.", retry_after: 3 } });
  assert.equal(room.status.value, "joining");
  await world.advance(2_999);
  assert.deepEqual(socket.take(), []);
  await world.advance(1);
  socket.say({ id: onlyFrame(socket).id, error: { code: "not_found", message: "Nothing here." } });
  assert.equal(room.status.value, "left");
  assert.equal(room.problem?.code, "not_found");
});

test("the big screen asks for what everyone sees", async () => {
  const world = new FakeEnvironment();
  const live = new Live(world);
  live.room(ROOM, lines, { isPublic: true });
  const socket = await world.welcome();
  assert.equal(onlyFrame(socket)["public"], true);
  assert.throws(() => live.room(ROOM, lines));
});

async function reconnected(world: FakeEnvironment, code: number): Promise<FakeSocket> {
  world.socket.events.closed(code, "");
  await world.advance(30_000);
  await settle();
  return world.welcome();
}

test("a page is current once it shows what was acknowledged, drawn, even if that was lost on its way", async () => {
  const { world, room, socket } = await joined();
  let current = 0;
  const wait = () => void room.current().then(() => (current += 1));
  wait();
  await world.advance(0);
  assert.equal(current, 1); // nothing is awaited

  const sent = room.send({ op: "reaction.send", kind: "heart" });
  socket.say({ id: onlyFrame(socket).id, ok: null, seq: 4 });
  await sent;
  wait();
  socket.say(frame(numbered(3, "c")));
  await world.advance(0);
  assert.equal(current, 1);
  socket.say(frame(hidden(4)));
  await world.advance(0);
  assert.equal(current, 2);

  const lost = room.send({ op: "reaction.send", kind: "heart" });
  socket.say({ id: onlyFrame(socket).id, ok: null, seq: 5 });
  await lost;
  wait();
  await world.advance(2 * GRACE - 1);
  assert.equal(current, 2);
  await world.advance(1);
  assert.equal(current, 3);
});
