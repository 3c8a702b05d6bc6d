import assert from "node:assert/strict";
import { test } from "node:test";
import { Standing } from "./status";

test("what is read keeps its place, and what is new waits", () => {
  const list = new Standing();
  assert.deepEqual(list.show(["a", "b", "c"]), ["a", "b", "c"]);
  assert.deepEqual(list.show(["n", "b", "a", "c"]), ["a", "b", "c"]);
  assert.deepEqual(list.news(["n", "b", "a", "c"]), { count: 1, moved: true });
  list.ask();
  assert.deepEqual(list.show(["n", "b", "a", "c"]), ["n", "b", "a", "c"]);
  assert.deepEqual(list.news(["n", "b", "a", "c"]), { count: 0, moved: false });
});

test("what is gone goes at once, and what belongs at the end comes at once", () => {
  const list = new Standing();
  list.show(["a", "b", "c"]);
  assert.deepEqual(list.show(["a", "c", "d", "e"]), ["a", "c", "d", "e"]);
  assert.deepEqual(list.news(["a", "c", "d", "e"]), { count: 0, moved: false });
});

test("an empty list shows what comes", () => {
  const list = new Standing();
  list.show([]);
  assert.deepEqual(list.show(["a"]), ["a"]);
});
