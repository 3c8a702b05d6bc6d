import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import type { LatestValues, RoomEvent } from "../../live/types";
import { booth, hall, meeting } from "../../exhibition/state/booth";
import { desk } from "../../people/state/desk";
import { lobby } from "../../programme/state/lobby";
import type { AnyState, RoomKind } from "./room";
import { session } from "../../forum/state/session";

// The same files drive the twins of the reducers in tests/support/reducers.py; tests/test_reducers.py sees that none is lacking.

interface Fixture {
  readonly room: string;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly event?: RoomEvent;
  readonly latest?: LatestValues;
  readonly after: Readonly<Record<string, unknown>>;
}

const KINDS: Readonly<Record<string, unknown>> = { session, lobby, desk, booth, hall, meeting };
const FOLDER = join(root(dirname(fileURLToPath(import.meta.url))), "tests", "fixtures", "reducers");

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".json"))) {
  test(`state after ${file.replace(".json", "")}`, () => {
    const fixture = read(file) as Fixture;
    const kind = KINDS[fixture.room.split("-")[0] ?? ""] as RoomKind<AnyState>;
    const before = frozen(changed(read(`rooms/${fixture.room}.json`), fixture.before ?? {}));
    const after = fixture.event ? kind.event(before, seventh(fixture.event)) : kind.latest(before, fixture.latest ?? {});
    assert.deepEqual(after, changed(before, fixture.after));
  });
}

/** As it comes from the wire, where events have a seq. */
function seventh(event: RoomEvent): RoomEvent {
  return { ...event, ...{ seq: 7 } };
}

function root(folder: string): string {
  return existsSync(join(folder, "pyproject.toml")) ? folder : root(dirname(folder));
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, file), "utf8"));
}

function changed(state: unknown, values: Readonly<Record<string, unknown>>): AnyState {
  const copy = structuredClone(state);
  for (const [path, value] of Object.entries(values)) {
    const way = path.split(".");
    const last = way.pop() ?? "";
    let at = copy as Record<string, unknown>;
    for (const step of way) at = at[step] as Record<string, unknown>;
    at[last] = value;
  }
  return copy as AnyState;
}

/** A reducer that changes something in place throws. */
function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}
