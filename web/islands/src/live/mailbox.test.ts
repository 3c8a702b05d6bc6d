import assert from "node:assert/strict";
import test from "node:test";
import { FakeEnvironment, fresh, lines, settle, tail, numbered } from "./fakes";
import { Live } from "./live";
import { ProblemError } from "./problem";
import { REPEATED_FOR } from "./mailbox";
import { GRACE } from "./room";

async function live() {
  const world = new FakeEnvironment();
  const page = new Live(world);
  const room = page.room("room", lines);
  const socket = await world.welcome();
  socket.say({ id: socket.take()[0]?.id, ok: fresh(2, ["a", "b"]) });
  return { world, page, room, socket };
}

test("a command is answered with its reply", async () => {
  const { room, socket } = await live();
  const asked = room.send({ op: "question.ask", text: "Why?", anonymous: true });
  const [frame] = socket.take();
  assert.deepEqual(frame, { op: "question.ask", text: "Why?", anonymous: true, room: "room", key: "key 1", id: frame?.id });
  socket.say({ id: frame?.id, ok: { question: "q", state: "pending" }, seq: 3 });
  assert.deepEqual(await asked, { question: "q", state: "pending" });
});

test("a refusal tells what to do", async () => {
  const { room, socket } = await live();
  const approved = room.send({ op: "question.approve", question: "q", version: 1 });
  const error = { code: "stale", message: "Ama has changed it.", field: "version", retry_after: 1.5, present: { version: 2 } };
  socket.say({ id: socket.take()[0]?.id, error });
  const problem: unknown = await approved.catch((refusal: unknown) => refusal);
  assert.ok(problem instanceof ProblemError);
  assert.deepEqual(
    [problem.code, problem.message, problem.field, problem.retryAfter, problem.present, problem.retryable],
    ["stale", "Ama has changed it.", "version", 1.5, { version: 2 }, false],
  );
});

test("unanswered commands go again after a reconnect, in order, each with its key", async () => {
  const { world, room, socket } = await live();
  const first = room.send({ op: "chat.post", text: "one" });
  socket.events.closed(4501, "");
  const second = room.send({ op: "chat.post", text: "two" });
  await world.advance(1_000);
  const next = await world.welcome();
  const [join, one, two, ...more] = next.take();
  assert.deepEqual([join?.op, one?.["key"], two?.["key"], more], ["join", "key 1", "key 2", []]);
  next.say({ id: one?.id, ok: null, seq: 3 });
  next.say({ id: two?.id, ok: null, seq: 4 });
  assert.deepEqual(await Promise.all([first, second]), [null, null]);
  next.events.closed(4501, "");
  await world.advance(1_000);
  assert.deepEqual((await world.welcome()).take().map(({ op }) => op), ["join"]);
});

test("while the database is away commands wait as they do without a network, in order", async () => {
  const { world, room, socket } = await live();
  const first = room.send({ op: "chat.post", text: "one" });
  const [one] = socket.take();
  socket.say({ id: one?.id, error: { code: "unavailable", message: "The database does not answer.", retry_after: 1 } });
  const second = room.send({ op: "chat.post", text: "two" });
  assert.deepEqual(socket.take(), [], "the second does not overtake the first");
  await world.advance(1_000);
  const again = socket.take();
  assert.deepEqual(again.map((frame) => [frame["text"], frame["key"]]), [["one", "key 1"], ["two", "key 2"]]);
  for (const { id } of again) socket.say({ id, ok: null });
  assert.deepEqual(await Promise.all([first, second]), [null, null]);
});

test("a command is refused when the database stays away", async () => {
  const { world, room, socket } = await live();
  const posted = room.send({ op: "chat.post", text: "one" });
  let refused = false;
  void posted.catch(() => (refused = true));
  for (let waited = 0; waited <= REPEATED_FOR && !refused; waited += 2_000) {
    for (const { id, op } of socket.take()) if (op === "chat.post") socket.say({ id, error: { code: "unavailable", message: "Away." } });
    await world.advance(2_000);
    for (const { id, op } of socket.take()) {
      if (op === "heartbeat") socket.say({ id, ok: { seqs: { room: 2 }, time: new Date(world.now()).toISOString() } });
      if (op === "chat.post") socket.say({ id, error: { code: "unavailable", message: "Away." } });
    }
    await settle();
  }
  await assert.rejects(posted, (error) => error instanceof ProblemError && error.code === "unavailable");
});

test("a draining server's refusal is not the last word", async () => {
  const { world, room, socket } = await live();
  const posted = room.send({ op: "chat.post", text: "one" });
  socket.say({ id: socket.take()[0]?.id, error: { code: "draining", message: "We move." } });
  socket.events.closed(4501, "");
  await world.advance(1_000);
  const next = await world.welcome();
  const again = next.take()[1];
  assert.equal(again?.["key"], "key 1");
  next.say({ id: again?.id, ok: null });
  assert.equal(await posted, null);
});

test("an answer that was lost is asked for again; the second answer changes nothing", async () => {
  const { world, room, socket } = await live();
  const posted = room.send({ op: "chat.post", text: "one" });
  const first = socket.take()[0];
  await world.advance(25_000);
  const beat = socket.take()[0];
  socket.say({ id: beat?.id, ok: { seqs: { room: 2 }, time: new Date(world.now()).toISOString() } });
  const again = socket.take()[0];
  assert.equal(again?.["key"], first?.["key"]);
  assert.notEqual(again?.id, first?.id);
  socket.say({ id: again?.id, ok: { message: "m", next_at: null } });
  socket.say({ id: first?.id, error: { code: "internal", message: "No." } });
  assert.deepEqual(await posted, { message: "m", next_at: null });
});

test("an acknowledged event that does not come is fetched", async () => {
  const { world, room, socket } = await live();
  void room.send({ op: "chat.post", text: "c" });
  socket.say({ id: socket.take()[0]?.id, ok: null, seq: 3 });
  await world.advance(GRACE);
  const join = socket.take()[0];
  assert.deepEqual(join?.["after"], { epoch: "e1", seq: 2 });
  socket.say({ id: join?.id, ok: tail(3, [numbered(3, "c")]) });
  assert.deepEqual(room.state?.snapshot, ["a", "b", "c"]);
});

test("a command too large for the server is refused, not repeated forever", async () => {
  const { world, room, socket } = await live();
  const posted = room.send({ op: "chat.post", text: "long" });
  socket.events.closed(1009, "");
  await assert.rejects(posted, (error) => error instanceof ProblemError && error.code === "too_large");
  await world.advance(1_000);
  assert.deepEqual((await world.welcome()).take().map(({ op }) => op), ["join"]);
});

test("leaving a room refuses what is under way in it", async () => {
  const { page, room, socket } = await live();
  const posted = room.send({ op: "chat.post", text: "bye" });
  socket.take();
  page.leave("room");
  await assert.rejects(posted, ProblemError);
  assert.deepEqual(socket.take().map(({ op }) => op), ["leave"]);
  await settle();
});
