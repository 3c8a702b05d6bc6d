import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModeratedQuestion, QuestionState } from "../../live/types";
import { ACTS, actsFor, type Act, type ActContext } from "./acts";

const NOBODY: ActContext = { me: "me", screen: null, answering: null };

function question(changes: Partial<ModeratedQuestion> = {}): ModeratedQuestion {
  return {
    id: "q",
    version: 1,
    state: "pending",
    text: "Why?",
    original: null,
    author: null,
    asked_at: "2026-11-22T09:00:00Z",
    approved_at: null,
    held: false,
    into: null,
    pinned: false,
    labels: [],
    claimed_by: null,
    answer: null,
    answer_public: false,
    answered_at: null,
    archived_at: null,
    reason: "",
    decided_by: null,
    ...changes,
  };
}

const states: QuestionState[] = ["pending", "approved", "dismissed", "withdrawn", "merged"];
const every = states.flatMap((state) =>
  [null, "2026-11-22T09:05:00Z"].flatMap((answered_at) =>
    [null, "2026-11-22T09:06:00Z"].flatMap((archived_at) => [false, true].map((pinned) => question({ state, answered_at, archived_at, pinned }))),
  ),
);

const ops = (act: Act, before: ModeratedQuestion, around = NOBODY) => act.undo(before, around).map((step) => step(before).op);

test("a key never means two things", () => {
  for (const each of every) {
    for (const around of [NOBODY, { ...NOBODY, screen: "q" }, { ...NOBODY, answering: "q" }]) {
      const keys = actsFor(each, around).map(({ key }) => key);
      assert.deepEqual(keys, [...new Set(keys)], `${each.state} ${keys.join("")}`);
    }
  }
});

test("every act carries the version that the moderator has seen, or concerns the screen", () => {
  for (const act of ACTS) {
    const command = act.command(question({ version: 7 }));
    assert.ok(command.op.startsWith("screen.") || ("version" in command && command.version === 7), act.name);
  }
});

test("every act has a way back", () => {
  for (const each of every) for (const act of actsFor(each, NOBODY)) {
    assert.ok(ops(act, each.state === "merged" ? { ...each, into: "other" } : each).length > 0, act.name);
  }
});

test("undoing a dismissal gives back the pin, the screen and the turn", () => {
  const act = ACTS.find(({ name }) => name === "dismiss")!;
  const before = question({ state: "approved", pinned: true });
  assert.deepEqual(ops(act, before, { me: "me", screen: "q", answering: "q" }), [
    "question.approve",
    "question.pin",
    "screen.show",
    "question.take",
  ]);
  assert.deepEqual(ops(act, question()), ["question.restore"]);
});

test("undoing the screen shows what stood there before", () => {
  const act = ACTS.find(({ name }) => name === "screen")!;
  const before = question({ state: "approved" });
  assert.deepEqual(act.undo(before, { ...NOBODY, screen: "other" })[0]?.(before), { op: "screen.show", question: "other" });
  assert.deepEqual(act.undo(before, NOBODY)[0]?.(before), { op: "screen.clear" });
});
