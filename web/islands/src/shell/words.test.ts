import assert from "node:assert/strict";
import { test } from "node:test";
import { splitWords } from "./words";

const pieces = (text: string, language: string) =>
  splitWords(text, new Intl.Segmenter(language, { granularity: "word" })).map(({ word, whole }) => (whole ? `[${word}]` : word)).join("");

test("words of several characters are kept whole, and the text stays the same", () => {
  assert.equal(pieces("中国国际人才交流大会", "zh"), "[中国][国际][人才][交流][大会]");
  assert.equal(pieces("开放数据，关闭的大门？", "zh-Hans"), "[开放][数据]，[关闭]的[大门]？");
});

test("what is too long for a line may break", () => {
  assert.equal(pieces("Donaudampfschifffahrt 大会", "zh"), "Donaudampfschifffahrt [大会]");
});
