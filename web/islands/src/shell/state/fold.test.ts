import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { fold, searchWords } from "./fold";

// The same file tests the server's folding (tests/rooms/core/test_search.py).
const CASES = JSON.parse(readFileSync(fixture(), "utf8")) as readonly (readonly [string, string])[];

test("texts are folded as the server folds them", () => {
  for (const [text, folded] of CASES) {
    assert.equal(fold(text), folded);
    assert.equal(fold(folded), folded, "once is enough");
  }
});

test("a search is split into folded words", () => {
  assert.deepEqual(searchWords("  Große  Fidêncio "), ["grosse", "fidencio"]);
  assert.deepEqual(searchWords(" "), []);
});

function fixture(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "pyproject.toml"))) folder = dirname(folder);
  return join(folder, "tests", "fixtures", "folding.json");
}
