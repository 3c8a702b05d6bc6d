import assert from "node:assert/strict";
import test from "node:test";
import base from "../../../../../tests/fixtures/reducers/rooms/session-attendee.json";
import type { Asking, PublicQuestion } from "../../live/types";
import { HALF_LIFE, PublicList, rise, type Sort } from "./questions";
import type { SessionRoom } from "./session";

const STATE = base as unknown as SessionRoom;
const START = Date.parse("2026-11-22T02:00:00Z");

interface Row {
  readonly votes: number;
  /** Minutes after the start. */
  readonly at: number;
  readonly pinned?: boolean;
  readonly answered?: number;
}

function room(rows: Readonly<Record<string, Row>>, { asking = "open" as Asking, answering = null as string | null } = {}): SessionRoom {
  const questions = Object.entries(rows).map(([id, { at, pinned = false, answered }]): PublicQuestion => {
    const time = (minutes: number) => new Date(START + minutes * 60_000).toISOString();
    const answered_at = answered === undefined ? null : time(answered);
    return { ...STATE.snapshot.questions[0]!, id, pinned, asked_at: time(at), approved_at: time(at), answered_at };
  });
  const votes = Object.fromEntries(Object.entries(rows).map(([id, row]) => [id, row.votes]));
  return {
    ...STATE,
    snapshot: { ...STATE.snapshot, questions, answering, asking: { ...STATE.snapshot.asking, asking } },
    latest: { votes },
  };
}

function open(state: SessionRoom, sort: Sort, minutes: number, list = new PublicList()): string {
  return list.of(state, sort, START + minutes * 60_000).open.map(({ id }) => id).join(" ");
}

const ROWS = { old: { votes: 40, at: 0 }, middle: { votes: 12, at: 15 }, late: { votes: 5, at: 29 } };

test("top, new and rising", () => {
  const state = room(ROWS);
  assert.equal(open(state, "top", 30), "old middle late");
  assert.equal(open(state, "new", 30), "late middle old");
  assert.equal(open(state, "rising", 30), "late middle old");
});

test("a late question with few votes rises past an old one with many, but not past a fresh one with more", () => {
  assert.ok(rise(5, 60_000) > rise(40, 6 * HALF_LIFE));
  assert.ok(rise(5, 60_000) < rise(40, 60_000));
  assert.equal(rise(8, HALF_LIFE), 4);
  assert.equal(rise(8, -5_000), 8);
});

test("what is being answered leads, then what is pinned", () => {
  const rows = { ...ROWS, pin: { votes: 0, at: 1, pinned: true } };
  assert.equal(open(room(rows), "top", 30), "pin old middle late");
  assert.equal(open(room(rows, { answering: "late" }), "top", 30), "late pin old middle");
});

test("alike questions keep the order in which they were approved", () => {
  assert.equal(open(room({ b: { votes: 1, at: 2 }, a: { votes: 1, at: 3 }, c: { votes: 1, at: 1 } }), "top", 4), "c b a");
});

test("answered questions have their own tab, the newest answer first", () => {
  const rows = { ...ROWS, old: { votes: 40, at: 0, answered: 20 }, first: { votes: 1, at: 3, answered: 10 } };
  const { open, answered } = new PublicList().of(room(rows), "top", START);
  assert.deepEqual(open.map(({ id }) => id), ["middle", "late"]);
  assert.deepEqual(answered.map(({ id }) => id), ["old", "first"]);
});

test("while asking is paused the list does not move, and new questions come after it", () => {
  const list = new PublicList();
  assert.equal(open(room(ROWS), "top", 30, list), "old middle late");
  assert.equal(open(room(ROWS, { asking: "paused" }), "top", 30, list), "old middle late");
  const later = { ...ROWS, late: { votes: 99, at: 29 }, new: { votes: 100, at: 31, pinned: true } };
  assert.equal(open(room(later, { asking: "paused", answering: "late" }), "top", 32, list), "old middle late new");
  const { old: _, ...without } = later;
  assert.equal(open(room(without, { asking: "paused" }), "top", 33, list), "middle late new");
  assert.equal(open(room(later), "top", 34, list), "new late old middle");
});

test("a reader may choose another order during a pause, which then does not move", () => {
  const list = new PublicList();
  const paused = { asking: "paused" as const };
  assert.equal(open(room(ROWS, paused), "top", 30, list), "old middle late");
  assert.equal(open(room(ROWS, paused), "new", 30, list), "late middle old");
  assert.equal(open(room({ ...ROWS, new: { votes: 1, at: 31 } }, paused), "new", 32, list), "late middle old new");
});
