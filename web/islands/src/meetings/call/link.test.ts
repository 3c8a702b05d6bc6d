import assert from "node:assert/strict";
import test from "node:test";
import { FakePair, settled } from "./fakes";
import { CONNECTED_WITHIN } from "./link";
import { RESTARTED_WITHIN, SILENT_FOR } from "./recovery";
import { CANDIDATE_WITHIN } from "./relay";

// "a" is the lower id and polite; "b" joined later and makes the first offer.

test("the one who joined later offers, the other answers, and both are connected", async () => {
  const { a, b } = await FakePair.connected();
  assert.equal(a.link.state, "connected");
  assert.equal(b.link.state, "connected");
  assert.deepEqual(b.sent("offer").length, 1);
  assert.deepEqual(a.sent("answer").length, 1);
});

test("candidates wait until there is a remote description", async () => {
  const pair = new FakePair();
  pair.start();
  pair.a.link.hear({ type: "cand", gen: 1, cand: candidate("early") });
  await settled();
  assert.deepEqual(pair.a.pc.added, []);
  await pair.settle();
  assert.equal(pair.a.pc.added[0], "early");
});

test("fifty times both renegotiate at once, and each time it settles", async () => {
  const pair = await FakePair.connected();
  for (let round = 0; round < 50; round++) {
    const before = [pair.a.pc.negotiated, pair.b.pc.negotiated];
    pair.a.pc.restartIce();
    pair.b.pc.restartIce();
    await pair.settle();
    assert.deepEqual([pair.a.pc.signalingState, pair.b.pc.signalingState], ["stable", "stable"], `round ${round}`);
    assert.ok(pair.a.pc.negotiated > before[0]! && pair.b.pc.negotiated > before[1]!, `round ${round}`);
  }
  assert.equal(pair.a.link.gen, 1);
  assert.ok(pair.a.link.log.some(({ text }) => text.includes("theirs wins")), "no two offers met: the premise");
  assert.ok(pair.b.link.log.some(({ text }) => text.includes("ours wins")), "no two offers met: the premise");
});

test("what belongs to an older generation is dropped", async () => {
  const pair = await FakePair.connected();
  const [stale] = pair.b.sent("offer");
  pair.b.link.rebuild("test");
  await pair.settle();
  pair.connect();
  assert.equal(pair.a.link.gen, 2);
  const negotiated = pair.a.pc.negotiated;
  pair.a.link.hear(stale!);
  pair.a.link.hear({ type: "reset", gen: 1 });
  await pair.settle();
  assert.equal(pair.a.pc.negotiated, negotiated);
  assert.equal(pair.a.link.gen, 2);
});

test("who waits for offers asks for a new connection by a reset", async () => {
  const pair = await FakePair.connected();
  pair.a.link.rebuild("test");
  await pair.settle();
  pair.connect();
  assert.equal(pair.b.link.gen, 2);
  assert.equal(pair.a.link.state, "connected");
  assert.equal(pair.b.sent("offer").length, 2);
});

test("an interruption in which something still comes heals by itself", async () => {
  const pair = await FakePair.connected();
  pair.a.pc.become("disconnected");
  await settled();
  assert.equal(pair.a.link.state, "unstable");
  pair.a.pc.bytes += 1000;
  await pair.time.advance(SILENT_FOR);
  assert.equal(pair.a.pc.restarts, 0);
  pair.a.pc.become("connected");
  assert.equal(pair.a.link.state, "connected");
});

test("silence for two seconds restarts, eight more seconds rebuild, and a second failure asks the relay alone", async () => {
  const pair = await FakePair.connected();
  pair.cut();
  pair.a.pc.become("disconnected");
  await settled();
  await pair.time.advance(SILENT_FOR);
  assert.equal(pair.a.link.state, "restarting");
  assert.equal(pair.a.pc.restarts, 1);
  await pair.time.advance(RESTARTED_WITHIN);
  assert.equal(pair.a.link.state, "rebuilding");
  assert.equal(pair.a.link.gen, 2);
  await pair.time.advance(CONNECTED_WITHIN);
  assert.equal(pair.a.link.state, "relay_only");
  assert.equal(pair.a.pc.config.iceTransportPolicy, "relay");
  await pair.time.advance(CONNECTED_WITHIN);
  assert.equal(pair.a.link.state, "failed");
  assert.deepEqual(pair.a.events.slice(-5), ["restarted", "rebuilt", "relayed", "rebuilt", "failed"]);
  pair.join();
  await pair.time.advance(10_000);
  await pair.settle();
  pair.connect();
  assert.equal(pair.a.link.state, "connected");
});

test("while signals do not get through nothing is torn down", async () => {
  const pair = await FakePair.connected();
  const { pc } = pair.a;
  pair.a.reachable = false;
  pc.become("disconnected");
  await settled();
  await pair.time.advance(SILENT_FOR);
  pc.become("failed");
  await pair.time.advance(60_000);
  assert.equal(pair.a.pc, pc);
  assert.equal(pc.restarts, 0);
  pair.a.reachable = true;
  pair.a.link.returned();
  await pair.settle();
  pair.connect();
  assert.equal(pair.a.link.state, "connected");
});

test("a link on which media arrives is left alone when signals get through again", async () => {
  const pair = await FakePair.connected();
  const { pc } = pair.a;
  pair.a.link.returned();
  await pair.flow(SILENT_FOR / 4, 8);
  assert.equal(pair.a.pc, pc);
  assert.equal(pc.restarts, 0);
});

test("a silent link is restarted when signals get through again, unless nothing is to be expected", async () => {
  for (const expected of [true, false]) {
    const pair = await FakePair.connected();
    pair.a.expected = expected;
    pair.a.link.returned();
    await settled();
    await pair.time.advance(SILENT_FOR);
    assert.equal(pair.a.pc.restarts, expected ? 1 : 0);
  }
});

test("a restart succeeds only over another pair on which something arrives", async () => {
  const pair = await FakePair.connected();
  const { pc } = pair.a;
  pair.a.link.restart("test");
  await pair.settle();
  pc.bytes += 1000; // over the old pair
  await pair.time.advance(2_000);
  pc.pair = "second";
  await pair.time.advance(1_000);
  pc.bytes += 1000;
  await pair.time.advance(RESTARTED_WITHIN);
  assert.equal(pair.a.pc, pc);
  assert.equal(pair.a.link.gen, 1);
});

test("a restart after which nothing arrives ends in another connection, even when the browser says connected", async () => {
  for (const second of ["first", "second"]) {
    const pair = await FakePair.connected();
    pair.a.link.restart("test");
    await pair.settle();
    pair.a.pc.pair = second;
    await pair.time.advance(RESTARTED_WITHIN);
    await pair.settle();
    pair.connect();
    assert.equal(pair.a.link.gen, 2);
    assert.equal(pair.a.link.state, "connected");
  }
});

test("a connection that goes back to connecting is interrupted", async () => {
  const pair = await FakePair.connected();
  pair.a.pc.become("connecting");
  await settled();
  assert.equal(pair.a.link.state, "unstable");
  await pair.time.advance(SILENT_FOR);
  assert.equal(pair.a.link.state, "restarting");
});

test("two silent measurements restart, two more rebuild, and then it is only said", async () => {
  const pair = await FakePair.connected();
  const { pc } = pair.a;
  pair.a.link.measured(false);
  pair.a.link.measured(true);
  pair.a.link.measured(false);
  assert.equal(pc.restarts, 0);
  pair.a.link.measured(false);
  assert.equal(pc.restarts, 1);
  await pair.settle();
  pc.pair = "second";
  await pair.time.advance(1_000);
  pc.bytes += 1000;
  await pair.time.advance(1_000);
  pair.a.link.measured(false);
  pair.a.link.measured(false);
  await pair.settle();
  pair.connect();
  assert.equal(pair.a.link.gen, 2);
  for (let round = 0; round < 10; round++) pair.a.link.measured(false);
  await pair.settle();
  assert.equal(pair.a.link.gen, 2);
  assert.equal(pair.a.pc.restarts, 0);
});

test("later descriptions repeat the role that DTLS has, whatever the browsers choose", async () => {
  const pair = await FakePair.connected();
  pair.a.pc.answersAs = "passive"; // a browser that chooses again
  for (const side of [pair.b, pair.a]) {
    side.pc.restartIce();
    await pair.settle();
  }
  const roles = (side: typeof pair.a) => side.all.flatMap((signal) => (signal.type === "desc" ? [/a=setup:(\w+)/.exec(signal.desc.sdp)![1]] : []));
  assert.deepEqual(roles(pair.b), ["actpass", "passive", "passive"]);
  assert.deepEqual(roles(pair.a), ["active", "active", "active"]);
});

test("a lost offer is repeated", async () => {
  const pair = new FakePair();
  pair.start();
  pair.cut();
  await pair.settle();
  pair.join();
  await pair.time.advance(8_000);
  await pair.settle();
  pair.connect();
  assert.equal(pair.a.link.state, "connected");
  assert.equal(pair.b.link.gen, 1);
});

test("without a usable candidate the relay is at fault, and a fresh credential is fetched", async () => {
  const pair = new FakePair({ relayOnly: true });
  pair.start();
  await pair.settle();
  pair.b.pc.find("candidate:1 1 udp 1 192.0.2.1 1 typ host");
  await pair.time.advance(CANDIDATE_WITHIN);
  assert.equal(pair.b.link.relayProblem, "silent");
  assert.deepEqual(pair.b.refreshes, ["silent"]);
  assert.equal(pair.b.pc.restarts, 1);
  pair.b.pc.find("candidate:2 1 udp 1 192.0.2.1 1 typ relay raddr 0.0.0.0 rport 0");
  assert.equal(pair.b.link.relayProblem, null);
});

test("a relay without a trusted certificate is distinguished from a silent one", async () => {
  const pair = new FakePair({ relayOnly: true });
  pair.start();
  await pair.settle();
  pair.b.pc.refuse(701, "turns:192.0.2.1");
  await pair.time.advance(CANDIDATE_WITHIN);
  assert.equal(pair.b.link.relayProblem, "tls");
  assert.deepEqual(pair.b.refreshes, ["tls"]);
});

test("a rejected credential is shown and refreshed at once, and only once", async () => {
  const pair = new FakePair();
  pair.start();
  await pair.settle();
  pair.b.pc.refuse(401);
  pair.b.pc.refuse(401);
  await settled();
  assert.equal(pair.b.link.relayProblem, "refused");
  assert.deepEqual(pair.b.refreshes, ["refused"]);
  assert.equal(pair.b.pc.configured, 1);
});

test("a closed link hears and says nothing more", async () => {
  const pair = await FakePair.connected();
  pair.a.link.close();
  const said = pair.a.all.length;
  pair.a.link.hear({ type: "reset", gen: 5 });
  await pair.time.advance(100_000);
  assert.equal(pair.a.all.length, said);
});

function candidate(text: string) {
  return { candidate: text, sdpMid: "0", sdpMLineIndex: 0, usernameFragment: null };
}
