import assert from "node:assert/strict";
import { test } from "node:test";
import base from "../../../../../tests/fixtures/reducers/rooms/session.json";
import type { QuestionState } from "../../live/types";
import { moderated, type SessionRoom } from "../state/session";
import { QuestionChoice } from "./choice";

const STATE = base as unknown as SessionRoom;

/** A session in which these questions were asked one after another. */
function room(states: Readonly<Record<string, QuestionState>>): SessionRoom {
  const blank = STATE.snapshot.moderation!.questions[1]!;
  const questions = Object.entries(states).map(([id, state], index) => ({ ...blank, id, state, asked_at: new Date(index * 1000).toISOString() }));
  return { ...STATE, snapshot: { ...STATE.snapshot, moderation: { ...STATE.snapshot.moderation!, questions } } };
}

function choiceIn(state: SessionRoom): { choice: QuestionChoice; moves: () => number } {
  let moves = 0;
  const choice = new QuestionChoice(
    () => undefined,
    () => (moves += 1),
  );
  choice.update(state);
  return { choice, moves: () => moves };
}

const THREE = { a: "pending", b: "pending", c: "pending" } as const;

test("the first is chosen, and one goes on from there as far as there are questions", () => {
  const { choice } = choiceIn(room(THREE));
  assert.deepEqual([choice.id, choice.shown], ["a", ["a", "b", "c"]]);
  choice.step(1);
  assert.equal(choice.id, "b");
  choice.step(Infinity);
  assert.equal(choice.id, "c");
  choice.step(-Infinity);
  assert.equal(choice.id, "a");
});

test("what a colleague deals with stays where it was while it is chosen", () => {
  const { choice, moves } = choiceIn(room(THREE));
  choice.step(1);
  const before = moves();
  const dealt = room({ ...THREE, b: "approved" });
  choice.update(dealt);
  assert.deepEqual([choice.id, choice.shown, moves()], ["b", ["a", "b", "c"], before]);
  choice.step(1);
  choice.update(dealt);
  assert.deepEqual([choice.id, choice.shown], ["c", ["a", "c"]]);
});

test("from what one deals with the hand goes on at once", () => {
  const { choice } = choiceIn(room(THREE));
  assert.equal(choice.leave("a"), true);
  assert.equal(choice.id, "b");
  assert.equal(choice.leave("c"), false, "it was not the chosen one");
  choice.update(room({ ...THREE, a: "approved", c: "approved" }));
  assert.deepEqual([choice.id, choice.shown], ["b", ["b"]]);
});

test("what was refused comes back, and is chosen", () => {
  const state = room(THREE);
  const { choice } = choiceIn(state);
  choice.leave("a");
  choice.comeBack("a");
  choice.update(state);
  assert.deepEqual([choice.id, choice.shown], ["a", ["a", "b", "c"]]);
});

test("what is new waits until it is asked for", () => {
  const { choice } = choiceIn(room({ b: "pending", c: "pending" }));
  const more = room(THREE); // “a” belongs above the others
  choice.update(more);
  assert.deepEqual([choice.shown, choice.news(more).count], [["b", "c"], 1]);
  choice.settle();
  choice.update(more);
  assert.deepEqual([choice.shown, choice.news(more).count, choice.id], [["a", "b", "c"], 0, "b"]);
});

test("a question is found in whichever lane it is", () => {
  const state = room({ ...THREE, b: "dismissed" });
  const { choice } = choiceIn(state);
  choice.goTo(moderated(state, "b")!);
  choice.update(state);
  assert.deepEqual([choice.filter.lane, choice.id, choice.shown], ["dismissed", "b", ["b"]]);
  choice.lane("pending");
  choice.update(state);
  assert.deepEqual([choice.id, choice.shown], ["a", ["a", "c"]]);
});
