import assert from "node:assert/strict";
import test from "node:test";
import { added, signsOf } from "./reactions";

test("few people have a sign each, many have few signs", () => {
  assert.deepEqual([0, 1, 2, 3, 5].map(signsOf), [0, 1, 2, 3, 5]);
  assert.ok(signsOf(50) < 13);
  assert.ok(signsOf(100_000) < 35);
  assert.ok(signsOf(100_000) > signsOf(50));
});

test("reactions are added kind by kind, without changing what they are added to", () => {
  const sum = Object.freeze({ applause: 2 });
  assert.deepEqual(added(sum, { applause: 3, laugh: 1 }), { applause: 5, laugh: 1 });
  assert.deepEqual(sum, { applause: 2 });
});
