import assert from "node:assert/strict";
import test from "node:test";
import { capOf } from "./encoders";
import { Ladder, readingOf, sampleOf, type Level, type MediaMode } from "./quality";

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

test("loss is the worse of what we miss and what they report, and an old report says nothing", () => {
  const before = sampleOf(stats([]), 0);
  const after = { ...before, at: 2000, received: 80, missing: 20, lost: 0.5, reports: 1, bytesIn: 250_000 };
  assert.equal(readingOf(before, after).loss, 0.5);
  assert.equal(readingOf(before, { ...after, reports: 0 }).loss, 0.2);
  assert.equal(readingOf(before, after).kbps, 1000);
  assert.equal(readingOf(before, { ...before, at: 2000, requests: 8, responses: 4 }).loss, 0.5);
});

function walk(ladder: Ladder, level: Level, steps: number): (MediaMode | null)[] {
  return Array.from({ length: steps }, () => ladder.step({ level })).filter((mode) => mode !== null);
}

test("three poor readings in a row step down, and one good one begins the count anew", () => {
  const ladder = new Ladder();
  assert.deepEqual(walk(ladder, "poor", 2), []);
  walk(ladder, "good", 1);
  assert.deepEqual(walk(ladder, "poor", 2), []);
  assert.deepEqual(walk(ladder, "poor", 1), ["audio"]);
  assert.deepEqual(walk(ladder, "poor", 3), ["text"]);
  assert.deepEqual(walk(ladder, "poor", 30), []);
});

test("it climbs again, more patiently after a vain climb", () => {
  const ladder = new Ladder();
  walk(ladder, "poor", 3);
  assert.deepEqual(walk(ladder, "fair", 5), ["video"]);
  walk(ladder, "poor", 3);
  assert.deepEqual(walk(ladder, "good", 9), []);
  assert.deepEqual(walk(ladder, "good", 1), ["video"]);
});

test("the more peers, the less each encoder may cost; a mode switches them off", () => {
  const rates = [1, 2, 3, 4, 7].map((others) => capOf("camera", others, "video", false).maxBitrate);
  assert.deepEqual(rates, [...rates].sort((a, b) => b - a));
  assert.ok(rates[0]! > rates[3]!);
  assert.equal(capOf("camera", 1, "audio", false).active, false);
  assert.equal(capOf("audio", 1, "audio", false).active, true);
  assert.equal(capOf("audio", 1, "text", false).active, false);
  assert.ok(capOf("camera", 1, "video", true).maxBitrate < rates[0]!);
});
