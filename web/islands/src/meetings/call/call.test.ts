import assert from "node:assert/strict";
import test from "node:test";
import { Observable } from "../../live/observable";
import { ProblemError } from "../../live/problem";
import type { CallView, DirectMessage, PeerView } from "../../live/types";
import { Call } from "./call";
import type { Shown, Wire } from "./environment";
import { FakeConnection, NO_TRACKS, settled, FakeTime } from "./fakes";
import type { Kept } from "./memory";
import type { CallFrame } from "./outbox";

const SHOWN: Shown = { mic: true, cam: true, screen: false, hand: false, held: false };
const ICE = { ice_servers: [], ttl: 600, relay_only: false };

function peer(name: string, more: Partial<PeerView> = {}): PeerView {
  return { peer: name, person: { id: name, name }, mic: true, cam: true, screen: false, hand: false, held: false, lost: false, ...more };
}

function view(...peers: PeerView[]): CallView {
  return { peers, limit: 4, ends_at: null, extensions: 0, relay_only: false, waiting: [] };
}

/** A page in a call, with a server that does what the test says. */
class Page {
  readonly time = new FakeTime();
  readonly asked: CallFrame[] = [];
  readonly answers: ((frame: CallFrame) => unknown)[] = [];
  readonly connections: FakeConnection[] = [];
  readonly up = new Observable(true);
  kept: Kept | null = null;
  hurried = 0;
  tell: (heard: DirectMessage) => void = () => undefined;
  readonly call: Call;

  constructor(kept: Kept | null = null) {
    this.kept = kept;
    const wire: Wire = {
      up: this.up,
      ask: async (frame) => {
        this.asked.push(frame);
        if (!this.up.value) throw new ProblemError({ code: "unavailable", message: "away" });
        return this.answers.length && frame.op === "rtc.join" ? this.answers.shift()!(frame) : null;
      },
      signals: (listener) => {
        this.tell = listener;
        return () => undefined;
      },
      hurry: () => void (this.hurried += 1),
    };
    this.call = new Call({
      wire,
      memory: { read: () => this.kept, write: (value) => void (this.kept = value) },
      connect: (config) => {
        const made = new FakeConnection(config);
        this.connections.push(made);
        return made as unknown as RTCPeerConnection;
      },
      timer: this.time.timer,
      now: () => this.time.now,
      tracks: () => NO_TRACKS,
      modeChanged: () => undefined,
    });
  }

  welcome(self: string, others: PeerView[], resumed = false): void {
    this.answers.push(() => ({ peer: self, token: `token of ${self}`, resumed, peers: others, limit: 4, ...ICE }));
  }

  sent(op: string): CallFrame[] {
    return this.asked.filter((frame) => frame.op === op);
  }
}

async function inCall(self = "me", ...others: string[]): Promise<Page> {
  const page = new Page();
  page.welcome(self, others.map((name) => peer(name)));
  await page.call.join(SHOWN);
  page.call.roster(view(...others.map((name) => peer(name)), peer(self)));
  await settled();
  return page;
}

test("who joins offers to those who are there, and waits for those who come later", async () => {
  const page = await inCall("me", "first");
  page.call.roster(view(peer("first"), peer("me"), peer("late")));
  await settled();
  assert.equal(page.call.phase.name, "in");
  assert.deepEqual(page.sent("rtc.desc").map(({ fields }) => (fields as { to: string }).to), ["first"]);
  assert.deepEqual([...page.call.monitors].map(([name, { link }]) => [name, link.offers]), [["first", true], ["late", false]]);
});

test("who has left the roster is let go; a roster from before one's own joining changes nothing", async () => {
  const page = await inCall("me", "first", "second");
  page.call.roster(view(peer("second")));
  assert.equal(page.call.monitors.size, 2);
  page.call.roster(view(peer("second"), peer("me")));
  assert.deepEqual([...page.call.monitors.keys()], ["second"]);
  assert.equal(page.connections[0]!.closed, true);
});

test("after a reload one is the same peer, with newer connections", async () => {
  const page = new Page({ token: "old", peer: "me", gens: { first: 3 } });
  page.call.roster(view(peer("me"), peer("first")));
  page.welcome("me", [peer("first")], true);
  assert.equal(page.call.interrupted, true);
  await page.call.join(SHOWN);
  await settled();
  assert.deepEqual(page.sent("rtc.join")[0]!.fields, { resume: "old" });
  assert.equal(page.call.monitors.get("first")!.link.gen, 4);
  assert.deepEqual(page.sent("rtc.reset").map(({ fields }) => fields), [{ to: "first", gen: 4 }]);
});

test("the server goes and returns: nothing is torn down, the place is asked for, and unsent messages are sent", async () => {
  const page = await inCall("me", "first");
  const [connection] = page.connections;
  page.up.set(false);
  page.call.show({ ...SHOWN, hand: true });
  await settled();
  await page.time.advance(4_000);
  assert.ok(page.hurried > 0);
  assert.equal(connection!.closed, false);
  page.asked.length = 0;
  page.welcome("me", [peer("first")], true);
  page.up.set(true);
  await settled();
  await page.time.advance(2_000);
  assert.deepEqual(page.sent("rtc.join")[0]!.fields, { resume: "token of me" });
  assert.ok(page.sent("rtc.state").some(({ fields }) => (fields as Shown).hand));
  assert.deepEqual([connection!.closed, connection!.restarts], [false, 1]);
});

test("a lost place is requested again", async () => {
  const page = await inCall("me", "first");
  page.up.set(false);
  page.welcome("other", [peer("first")], false);
  page.up.set(true);
  await settled();
  assert.equal(page.call.self, "other");
  assert.equal(page.connections[0]!.closed, true);
  assert.equal(page.kept?.peer, "other");
});

test("a refusal is shown, and what can succeed later is tried again", async () => {
  const page = new Page();
  const refuse = (code: string) => () => {
    throw new ProblemError({ code, message: "The call is full." });
  };
  page.answers.push(refuse("unavailable"), refuse("conflict"));
  await page.call.join(SHOWN);
  assert.equal(page.call.phase.name, "joining");
  await page.time.advance(1_000);
  assert.equal(page.call.phase.name, "refused");
  assert.equal(page.kept, null);
});

test("credentials are renewed before they run out", async () => {
  const page = await inCall("me", "first");
  await page.time.advance(480_000);
  assert.equal(page.sent("rtc.ice").length, 1);
});

test("a replaced or removed page leaves the call and keeps nothing", async () => {
  for (const heard of [{ type: "replaced" }, { type: "removed", reason: "closed" }] as const) {
    const page = await inCall("me", "first");
    page.tell(heard);
    assert.equal(page.call.phase.name, "ended");
    assert.equal(page.kept, null);
    assert.equal(page.connections[0]!.closed, true);
  }
});
