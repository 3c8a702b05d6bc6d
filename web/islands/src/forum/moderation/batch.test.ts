import assert from "node:assert/strict";
import { test } from "node:test";
import { SelectedRows, spread } from "./batch";

test("the work is done for all items, at most ten at once", async () => {
  const done: number[] = [];
  let working = 0;
  let most = 0;
  await spread(
    Array.from({ length: 23 }, (_, index) => index),
    async (item) => {
      working += 1;
      most = Math.max(most, working);
      await Promise.resolve();
      working -= 1;
      done.push(item);
    },
    0,
  );
  assert.deepEqual([done.length, new Set(done).size, most], [23, 23, 10]);
});

test("marks are set, taken back and dropped", () => {
  let changes = 0;
  const marks = new SelectedRows(() => (changes += 1));
  marks.turn(true);
  marks.toggle("a");
  marks.toggle("b");
  marks.toggle("a");
  assert.deepEqual([marks.on, marks.has("a"), marks.has("b"), marks.size, changes], [true, false, true, 1, 4]);
  marks.turn(false);
  assert.deepEqual([marks.on, marks.size], [false, 0]);
});
