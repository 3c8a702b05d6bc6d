import assert from "node:assert/strict";
import test from "node:test";
import { SafetyCode, type Commitment } from "./sas";

const FIRST = { peer: "a", fingerprint: "SHA-256 AA" };
const SECOND = { peer: "b", fingerprint: "SHA-256 BB" };
const quiet = () => undefined;

/** Lets the digests be made. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 2));
}

function pair(theirs = SECOND) {
  const said: Commitment[] = [];
  const one: SafetyCode = new SafetyCode(FIRST, theirs, (message) => (said.push(message), other.hear(message)), quiet);
  const other: SafetyCode = new SafetyCode(SECOND, FIRST, (message) => (said.push(message), one.hear(message)), quiet);
  return { one, other, said };
}

test("both see the same six digits", async () => {
  const { one, other } = pair();
  one.begin();
  other.begin();
  await settle();
  assert.match(one.code, /^\d{6}$/);
  assert.equal(one.code, other.code);
});

test("one side alone may begin, and what is repeated changes nothing", async () => {
  const { one, other, said } = pair();
  one.begin();
  await settle();
  for (const message of [...said]) one.hear(message), other.hear(message);
  await settle();
  assert.equal(one.code, other.code);
  assert.equal(one.broken, false);
});

test("nothing is revealed before the other side has committed", async () => {
  const said: Commitment[] = [];
  const one = new SafetyCode(FIRST, SECOND, (message) => said.push(message), quiet);
  one.begin();
  await settle();
  assert.deepEqual(said.map(({ reveal }) => reveal), [null]);
});

test("another certificate than the one that was committed to is found out", async () => {
  const { one, other } = pair({ peer: "b", fingerprint: "SHA-256 EE" });
  one.begin();
  other.begin();
  await settle();
  assert.equal(one.code, "");
  assert.equal(one.broken, true);
});

test("a reveal without a commitment, and a second commitment, are refused", async () => {
  const early = new SafetyCode(FIRST, SECOND, quiet, quiet);
  early.hear({ commit: null, reveal: "0".repeat(64) });
  const twice = new SafetyCode(FIRST, SECOND, quiet, quiet);
  twice.hear({ commit: "1".repeat(64), reveal: null });
  twice.hear({ commit: "2".repeat(64), reveal: null });
  await settle();
  assert.deepEqual([early.broken, twice.broken], [true, true]);
});

test("the code changes with every call", async () => {
  const codes = new Set<string>();
  for (let call = 0; call < 5; call++) {
    const { one, other } = pair();
    one.begin();
    other.begin();
    await settle();
    codes.add(one.code);
  }
  assert.ok(codes.size > 1);
});
