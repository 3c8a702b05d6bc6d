import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "./outbox";

const settle = () => new Promise((resolve) => setTimeout(resolve));

function boxed() {
  const sent: string[] = [];
  const returned: string[][] = [];
  const answers: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const box = new Outbox<string>(
    (item) => {
      sent.push(item);
      return new Promise<void>((resolve, reject) => answers.push({ resolve, reject }));
    },
    (items) => returned.push([...items]),
    () => undefined,
  );
  return { box, sent, returned, answers };
}

test("a text given while another is under way is sent after it, each of them once", async () => {
  const { box, sent, returned, answers } = boxed();
  for (const text of ["one", "two", "three"]) {
    box.add(text);
    void box.drain();
  }
  assert.deepEqual([sent, box.size], [["one"], 3]);
  for (let number = 0; number < 3; number += 1) {
    answers[number]!.resolve();
    await settle();
  }
  assert.deepEqual([sent, returned, box.size], [["one", "two", "three"], [], 0]);
});

test("a refusal gives back the refused text and those after it, in order", async () => {
  const { box, sent, returned, answers } = boxed();
  for (const text of ["one", "two", "three"]) box.add(text);
  void box.drain();
  answers[0]!.resolve();
  await settle();
  answers[1]!.reject(new Error("closed"));
  await settle();
  assert.deepEqual([sent, returned, box.size], [["one", "two"], [["two", "three"]], 0]);
  box.add("four");
  void box.drain();
  assert.equal(sent.at(-1), "four");
});

test("what is not under way can be recalled", async () => {
  const { box, sent, answers } = boxed();
  box.add("early");
  assert.deepEqual(box.recall(), ["early"]);
  for (const text of ["one", "two"]) box.add(text);
  void box.drain();
  assert.deepEqual(box.recall(), ["two"]);
  answers[0]!.resolve();
  await settle();
  assert.deepEqual([sent, box.size], [["one"], 0]);
});
