import assert from "node:assert/strict";
import test from "node:test";
import type { PollView } from "../../live/types";
import { isRevealed, mean, publicPolls, share, weight } from "./polls";

const POLL: PollView = {
  id: "a",
  kind: "single",
  title: "Which way?",
  options: ["Left", "Right"],
  state: "open",
  reveal: "closed",
  version: 1,
  made_at: "2026-11-22T02:10:00Z",
  opened_at: "2026-11-22T02:11:00Z",
  closed_at: null,
};

test("what is open comes first, then the newest; drafts and archived polls are nobody's business", () => {
  const polls: PollView[] = [
    { ...POLL, id: "old", state: "closed" },
    { ...POLL, id: "draft", state: "draft" },
    { ...POLL, id: "open" },
    { ...POLL, id: "new", state: "closed", opened_at: "2026-11-22T02:12:00Z" },
    { ...POLL, id: "gone", state: "archived" },
  ];
  assert.deepEqual(publicPolls(polls).map(({ id }) => id), ["open", "new", "old"]);
});

test("results show while it is open only where that was chosen, and never where they are held back", () => {
  const shows = (reveal: PollView["reveal"]) => (["draft", "open", "closed", "archived"] as const).filter((state) => isRevealed({ ...POLL, reveal, state }));
  assert.deepEqual([shows("live"), shows("closed"), shows("never")], [["open", "closed"], ["closed"], []]);
});

test("shares, means and weights, also of nothing", () => {
  assert.deepEqual([share(1, 3), share(0, 0)], [33, 0]);
  assert.deepEqual([mean([1, 0, 0, 0, 3]), mean([0, 0])], [4, null]);
  assert.deepEqual([weight(1, 9), weight(5, 9), weight(9, 9), weight(1, 1)], [1, 3, 5, 3]);
});
