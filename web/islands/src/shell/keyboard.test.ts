import assert from "node:assert/strict";
import { test } from "node:test";
import { givenBack } from "./drafts";
import { composes, letterOf, printedOn } from "./keyboard";

const pressed = (key: string, code: string, shiftKey = false) => letterOf({ key, code, shiftKey });

test("a key of a layout without Latin letters acts by its place on the keyboard", () => {
  assert.deepEqual([pressed("ф", "KeyA"), pressed("ש", "KeyA"), pressed("ㅁ", "KeyA"), pressed("ａ", "KeyA")], ["a", "a", "a", "a"]);
  assert.deepEqual([pressed("В", "KeyD", true), pressed("ֿ", "Digit1"), pressed(".", "Slash"), pressed("？", "Slash", true)], ["D", "1", ".", "?"]);
});

test("a Latin layout acts by the letter on the key, in any position", () => {
  assert.deepEqual([pressed("a", "KeyQ"), pressed("z", "KeyY"), pressed("ArrowDown", "ArrowDown"), pressed("Enter", "Enter")], ["a", "z", "ArrowDown", "Enter"]);
});

test("help shows the letter that is printed on the key", () => {
  const russian = new Map([["KeyA", "ф"], ["KeyD", "в"]]);
  assert.deepEqual(["a", "D", "?", "Esc", "j"].map((key) => printedOn(key, russian)), ["ф", "В", "?", "Esc", "j"]);
  const french = new Map([["KeyA", "q"], ["KeyQ", "a"], ["KeyM", ","], ["Semicolon", "m"]]);
  assert.deepEqual(["a", "q", "m"].map((key) => printedOn(key, french)), ["a", "q", "m"]);
});

test("the Enter that ends a composition is the input method's, in Safari too", () => {
  assert.equal(composes({ isComposing: false, keyCode: 229 }), true);
  assert.equal(composes({ isComposing: true, keyCode: 13 }), true);
  assert.equal(composes({ isComposing: false, keyCode: 13 }), false);
});

test("a text that was refused is given back before what was typed since", () => {
  assert.equal(givenBack("ok", ""), "ok");
  assert.equal(givenBack("ok", "next"), "ok\nnext");
});
