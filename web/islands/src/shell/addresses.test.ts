import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { partsOf, type Part } from "./addresses";

// The same file tests the server (tests/rooms/core/test_formatted_text.py).
const CASES = JSON.parse(readFileSync(fixture(), "utf8")) as readonly (readonly [string, readonly Part[]])[];

for (const [text, parts] of CASES) {
  test(`addresses in ${text}`, () => {
    assert.deepEqual(partsOf(text), parts);
  });
}

function fixture(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "pyproject.toml"))) folder = dirname(folder);
  return join(folder, "tests", "fixtures", "addresses.json");
}
