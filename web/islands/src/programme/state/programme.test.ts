import assert from "node:assert/strict";
import { test } from "node:test";
import { passes, type Findable, type Wish } from "./programme";

const everything: Wish = { words: "", track: "", language: "", starred: false };
const opening: Findable = { words: "opening 开幕式 li wei main hall", track: "Forum", language: "en", starred: false };

test("without a wish everything is shown", () => {
  assert.equal(passes(everything, opening), true);
});

test("every word must be found, in any order and case, in any language", () => {
  assert.equal(passes({ ...everything, words: "WEI opening" }, opening), true);
  assert.equal(passes({ ...everything, words: "开幕" }, opening), true);
  assert.equal(passes({ ...everything, words: "opening wang" }, opening), false);
});

test("track, language and star are all asked for", () => {
  assert.equal(passes({ ...everything, track: "Forum", language: "en" }, opening), true);
  assert.equal(passes({ ...everything, track: "Talent" }, opening), false);
  assert.equal(passes({ ...everything, language: "zh" }, opening), false);
  assert.equal(passes({ ...everything, starred: true }, opening), false);
  assert.equal(passes({ ...everything, starred: true }, { ...opening, starred: true }), true);
});
