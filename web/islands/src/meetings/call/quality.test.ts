import assert from "node:assert/strict";
import test from "node:test";
import { capOf } from "./encoders";
import { Ladder, type MediaMode } from "./ladder";
import { readingOf, sampleOf } from "./quality";

const stats = (values: object[]) => values.map((each, index) => ({ id: String(index), ...each })) as never;

test("a sample is read from what browsers tell", () => {
  const sample = sampleOf(
    stats([
      { id: "T", type: "transport", selectedCandidatePairId: "P" },
      { id: "P", type: "candidate-pair", localCandidateId: "L", remoteCandidateId: "R", currentRoundTripTime: 0.05, requestsSent: 4, responsesReceived: 3 },
      { id: "L", type: "local-candidate", candidateType: "host", protocol: "udp" },
      { id: "R", type: "remote-candidate", candidateType: "relay" },
      { type: "inbound-rtp", kind: "video", packetsReceived: 90, packetsLost: 10, bytesReceived: 1000, framesDecoded: 5 },
      { type: "remote-inbound-rtp", fractionLost: 0.25, roundTripTimeMeasurements: 2 },
    ]),
    1000,
  );
  assert.deepEqual(
    [sample.rtt, sample.received, sample.missing, sample.lost, sample.reports, sample.path, sample.framesIn],
    [50, 90, 10, 0.25, 2, "relay", 5],
  );
});

test("the loss that is shown is the worse of what we miss and what they report, and an old report says nothing", () => {
  const before = sampleOf(stats([]), 0);
  const after = { ...before, at: 2000, received: 80, missing: 20, lost: 0.5, reports: 1, bytesIn: 250_000 };
  assert.equal(readingOf(before, after).loss, 0.5);
  assert.equal(readingOf(before, { ...after, reports: 0 }).loss, 0.2);
  assert.equal(readingOf(before, after).kbps, 1000);
  assert.equal(readingOf(before, { ...before, at: 2000, requests: 8, responses: 4 }).loss, 0.5);
});

test("what we miss ourselves does not lower what we send", () => {
  const before = sampleOf(stats([]), 0);
  const sending = { ...before, at: 2000, bytesIn: 1, bytesOut: 100_000 };
  assert.equal(readingOf(before, { ...sending, received: 50, missing: 50 }).lossOut, null);
  assert.equal(readingOf(before, { ...sending, received: 50, missing: 50, reports: 1, lost: 0.01 }).lossOut, 0.01);
  assert.equal(readingOf(before, { ...sending, requests: 8, responses: 4 }).lossOut, null, "the checks do not tell the direction");
  assert.equal(readingOf(before, { ...before, at: 2000, requests: 8, responses: 4 }).lossOut, 0.5, "while nothing is sent they are all there is");
});

test("nothing that arrives is not a good connection, unless nothing was to be expected", () => {
  const before = sampleOf(stats([]), 0);
  const after = { ...before, at: 2000 };
  assert.equal(readingOf(before, after, true).level, "none");
  assert.equal(readingOf(before, after, false).level, "good");
  assert.equal(readingOf(before, { ...after, bytesIn: 1 }, true).level, "good");
});

test("the selected pair is found in every browser", () => {
  const pairs = [
    { id: "old", type: "candidate-pair", nominated: true, state: "succeeded", localCandidateId: "L1", remoteCandidateId: "R1" },
    { id: "new", type: "candidate-pair", nominated: true, state: "succeeded", selected: true, localCandidateId: "L2", remoteCandidateId: "R2" },
  ];
  assert.equal(sampleOf(stats(pairs), 0).pair, "L2 R2");
  assert.equal(sampleOf(stats([...pairs, { type: "transport", selectedCandidatePairId: "old" }]), 0).pair, "L1 R1");
  assert.equal(sampleOf(stats([]), 0).pair, "");
});

const LOSS = { bad: 0.3, well: 0.01 };

function walk(ladder: Ladder, link: keyof typeof LOSS, steps: number): (MediaMode | null)[] {
  return Array.from({ length: steps }, () => ladder.step({ lossOut: LOSS[link] })).filter((mode) => mode !== null);
}

test("three bad readings in a row step down, and one good one restarts the count", () => {
  const ladder = new Ladder();
  assert.deepEqual(walk(ladder, "bad", 2), []);
  walk(ladder, "well", 1);
  assert.deepEqual(walk(ladder, "bad", 2), []);
  assert.deepEqual(walk(ladder, "bad", 1), ["audio"]);
  assert.deepEqual(walk(ladder, "bad", 3), ["narrow"], "sound at a low bit rate comes before text only");
  assert.deepEqual(walk(ladder, "bad", 3), ["text"]);
  assert.deepEqual(walk(ladder, "bad", 30), []);
});

test("a report holds until the next one, and after a while nothing is known", () => {
  const ladder = new Ladder();
  const unknown = (steps: number) => Array.from({ length: steps }, () => ladder.step({ lossOut: null })).filter(Boolean);
  assert.deepEqual(unknown(20), []);
  walk(ladder, "bad", 1);
  assert.deepEqual(unknown(3), ["audio"]);
  assert.deepEqual(unknown(30), [], "no news is no reason to climb");
});

test("it climbs again, more patiently after a vain climb", () => {
  const ladder = new Ladder();
  walk(ladder, "bad", 3);
  assert.deepEqual(walk(ladder, "well", 5), ["video"]);
  walk(ladder, "bad", 3);
  assert.deepEqual(walk(ladder, "well", 9), []);
  assert.deepEqual(walk(ladder, "well", 1), ["video"]);
});

test("the more peers, the less each encoder may cost; a mode switches them off", () => {
  const rates = [1, 2, 3, 4, 7].map((others) => capOf("camera", others, "video", false).maxBitrate);
  assert.deepEqual(rates, [...rates].sort((a, b) => b - a));
  assert.ok(rates[0]! > rates[3]!);
  assert.equal(capOf("camera", 1, "audio", false).active, false);
  assert.equal(capOf("audio", 1, "audio", false).active, true);
  assert.equal(capOf("audio", 1, "text", false).active, false);
  const narrow = capOf("audio", 1, "narrow", false);
  assert.ok(narrow.active && narrow.adaptivePtime && narrow.maxBitrate <= 24_000);
  assert.equal(capOf("camera", 1, "narrow", false).active, false);
  assert.ok(capOf("camera", 1, "video", true).maxBitrate < rates[0]!);
});
