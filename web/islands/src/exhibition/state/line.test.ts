import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import type { Hours, LineView } from "../../live/types";
import { expected, isLate, nextStart, opening } from "./line";

interface Case {
  readonly about: string;
  readonly now: string;
  readonly line: LineView;
  readonly shifts: readonly Hours[];
  readonly waits: readonly (number | null)[];
  readonly late: readonly number[];
  readonly closes_at: string | null;
}

// The same file tests the server's forecast (tests/rooms/exhibition/queue/test_waiting_time.py).
const CASES = JSON.parse(readFileSync(fixture(), "utf8")) as readonly Case[];

for (const { about, now, line, shifts, waits, late, closes_at } of CASES) {
  test(about, () => {
    const at = Date.parse(now);
    assert.deepEqual(
      expected(line, at, shifts),
      waits.map((wait) => wait ?? Infinity),
    );
    assert.deepEqual(
      line.tickets.filter((ticket) => isLate(line, ticket, at, shifts)),
      late,
    );
    assert.equal(opening(shifts, at)?.ends ?? null, closes_at && Date.parse(closes_at));
  });
}

test("the next shift counts only while nobody is on one", () => {
  const at = (time: string) => Date.parse(`2026-11-20T${time}:00Z`);
  const shifts = [
    { hand: 1, starts_at: "2026-11-20T09:00:00Z", ends_at: "2026-11-20T12:00:00Z" },
    { hand: 2, starts_at: "2026-11-20T13:00:00Z", ends_at: "2026-11-20T17:00:00Z" },
  ];
  assert.equal(nextStart(shifts, at("08:00")), at("09:00"));
  assert.equal(nextStart(shifts, at("10:00")), null);
  assert.equal(nextStart(shifts, at("12:00")), at("13:00"));
  assert.equal(nextStart(shifts, at("17:00")), null);
  assert.equal(nextStart([], at("10:00")), null);
});

function fixture(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "pyproject.toml"))) folder = dirname(folder);
  return join(folder, "tests", "fixtures", "waiting_times.json");
}
