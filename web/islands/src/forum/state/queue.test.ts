import assert from "node:assert/strict";
import test from "node:test";
import base from "../../../../../tests/fixtures/reducers/rooms/session.json";
import type { ModeratedQuestion } from "../../live/types";
import { counts, duplicatesOf, labelsOf, laneOf, mergeTargets, neighbour, queue, UNFILTERED, type Filter } from "./queue";
import type { SessionRoom } from "./session";

const STATE = base as unknown as SessionRoom;
const ME = STATE.own.person!;
const OTHER = { id: "jonas", name: "Jonas Berg" };

function room(rows: readonly (Partial<ModeratedQuestion> & { id: string })[], votes: Readonly<Record<string, number>> = {}): SessionRoom {
  const blank = STATE.snapshot.moderation!.questions[1]!;
  const questions = rows.map((row, index) => ({ ...blank, asked_at: new Date(index * 1000).toISOString(), ...row }));
  return { ...STATE, snapshot: { ...STATE.snapshot, moderation: { questions, restraints: [], roles: [] } }, latest: { votes } };
}

const ids = (state: SessionRoom, filter: Partial<Filter> = {}) => queue(state, { ...UNFILTERED, ...filter }).map(({ id }) => id);

const ROWS = [
  { id: "a", text: "Who pays for the laboratories?", labels: ["funding"], claimed_by: ME },
  { id: "b", text: "谁为联合实验室付费？", labels: ["funding", "中文"], claimed_by: OTHER },
  { id: "c", text: "Is there a café?", author: { id: "zoe", name: "Zoë Álvarez" } },
  { id: "d", state: "approved", approved_at: "2026-11-22T02:00:00Z" },
  { id: "e", state: "approved", approved_at: "2026-11-22T02:01:00Z", answered_at: "2026-11-22T02:10:00Z" },
  { id: "f", state: "approved", answered_at: "2026-11-22T02:10:00Z", archived_at: "2026-11-22T02:20:00Z" },
  { id: "g", state: "dismissed", reason: "Not for this session" },
  { id: "h", state: "merged", into: "a" },
  { id: "i", state: "withdrawn" },
] as const satisfies readonly (Partial<ModeratedQuestion> & { id: string })[];

test("every question is in one lane", () => {
  const state = room(ROWS);
  const lanes = state.snapshot.moderation!.questions.map(laneOf);
  assert.deepEqual(lanes, ["pending", "pending", "pending", "approved", "answered", "archived", "dismissed", "merged", "withdrawn"]);
  assert.deepEqual(counts(state, UNFILTERED), { pending: 3, approved: 1, answered: 1, archived: 1, dismissed: 1, merged: 1, withdrawn: 1 });
});

test("pending questions are in the order of asking", () => {
  assert.deepEqual(ids(room(ROWS)), ["a", "b", "c"]);
});

test("approved questions are ordered as the public sees them", () => {
  const approved = ["a", "b", "c", "d"].map((id) => ({ id, state: "approved" as const, pinned: id === "b" }));
  const state = room(approved, { a: 1, b: 0, c: 9, d: 1 });
  assert.deepEqual(ids(state, { lane: "approved" }), ["b", "c", "a", "d"]);
  const answering = { ...state, snapshot: { ...state.snapshot, answering: "d" } };
  assert.deepEqual(ids(answering, { lane: "approved" }), ["d", "b", "c", "a"]);
});

test("any lane can be sorted by votes or age", () => {
  const rows = ["b", "a", "c"].map((id, index) => ({ id, state: "pending" as const, asked_at: new Date(index * 1000).toISOString() }));
  const state = room(rows, { c: 2, a: 1, b: 1 });
  const sorted = (sort: Filter["sort"]) => ids(state, { sort });
  assert.deepEqual([sorted("votes"), sorted("newest"), sorted("oldest")], [["c", "b", "a"], ["c", "a", "b"], ["b", "a", "c"]]);
});

test("filters are combined, and counted under", () => {
  const state = room(ROWS);
  assert.deepEqual(ids(state, { label: "funding" }), ["a", "b"]);
  assert.deepEqual(ids(state, { claim: "mine" }), ["a"]);
  assert.deepEqual(ids(state, { claim: "none" }), ["c"]);
  assert.deepEqual(ids(state, { label: "funding", claim: "none" }), []);
  assert.equal(counts(state, { ...UNFILTERED, label: "funding" }).pending, 2);
  assert.equal(counts(state, { ...UNFILTERED, label: "funding" }).approved, 0);
});

test("search finds all words, whatever their accents and case, in any language", () => {
  const state = room(ROWS);
  assert.deepEqual(ids(state, { search: "  LABORATORIES who " }), ["a"]);
  assert.deepEqual(ids(state, { search: "cafe" }), ["c"]);
  assert.deepEqual(ids(state, { search: "zoe alvarez" }), ["c"]);
  assert.deepEqual(ids(state, { search: "实验室" }), ["b"]);
  assert.deepEqual(ids(state, { search: "laboratories cafe" }), []);
});

test("labels are listed by use", () => {
  assert.deepEqual(labelsOf(room(ROWS)), [{ label: "funding", count: 2 }, { label: "中文", count: 1 }]);
});

test("likely duplicates come first", () => {
  const state = room([
    { id: "a", text: "Will visas become simpler?" },
    { id: "b", text: "When is lunch?" },
    { id: "c", text: "Are visas going to be simpler for guests?" },
    { id: "d", text: "Will visas be simpler?", state: "dismissed" },
  ]);
  const [question] = queue(state, UNFILTERED);
  assert.deepEqual(mergeTargets(state, question!).map(({ id }) => id), ["c", "b"]);
  assert.deepEqual(mergeTargets(state, question!, "lunch").map(({ id }) => id), ["b"]);
  assert.deepEqual(duplicatesOf(room(ROWS), "a").map(({ id }) => id), ["h"]);
});

test("an attendee has no queue", () => {
  const state = { ...STATE, snapshot: { ...STATE.snapshot, moderation: null } };
  assert.deepEqual(ids(state), []);
});

test("keys move within the list and stop at its ends", () => {
  const list = ["a", "b", "c"];
  assert.deepEqual([neighbour(list, "a", 1), neighbour(list, "c", 1), neighbour(list, "a", -1)], ["b", "c", "a"]);
  assert.deepEqual([neighbour(list, null, 1), neighbour(list, "gone", -1), neighbour([], "a", 1)], ["a", "c", null]);
});
