import assert from "node:assert/strict";
import { test } from "node:test";
import { playerAddress } from "./players";
import { pauseBefore } from "./retrying";

const PLAYERS: Readonly<Record<string, string>> = {
  "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42s": "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?start=42",
  "https://m.youtube.com/watch?v=dQw4w9WgXcQ": "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
  "https://youtu.be/dQw4w9WgXcQ?si=abc": "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
  "youtu.be/dQw4w9WgXcQ": "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
  "https://www.youtube.com/live/dQw4w9WgXcQ": "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
  "https://vimeo.com/76979871": "https://player.vimeo.com/video/76979871",
  "https://vimeo.com/76979871/8272103f6e": "https://player.vimeo.com/video/76979871?h=8272103f6e",
  "https://vimeo.com/event/12345": "https://vimeo.com/event/12345/embed",
  "https://www.twitch.tv/plenary": "https://player.twitch.tv/?channel=plenary&parent=forum.example",
  "https://www.twitch.tv/videos/123456": "https://player.twitch.tv/?video=123456&parent=forum.example",
  "https://www.bilibili.com/video/BV1xx411c7mD/?p=1": "https://player.bilibili.com/player.html?bvid=BV1xx411c7mD",
  "https://live.bilibili.com/21452505": "https://www.bilibili.com/blackboard/live/live-activity-player.html?cid=21452505",
};

test("the address of a video's page becomes that of its player", () => {
  for (const [given, player] of Object.entries(PLAYERS)) assert.equal(playerAddress(given, "forum.example"), player);
});

test("every other address stays as it is", () => {
  for (const address of ["https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", "https://www.youtube.com/@somebody", "https://media.example/player/1", "no address", ""]) {
    assert.equal(playerAddress(address, "forum.example"), address);
  }
});

test("a stream is tried again after longer and longer pauses, and not by all at once", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 20].map((attempt) => pauseBefore(attempt, 0.5)), [2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  assert.deepEqual([pauseBefore(0, 0), pauseBefore(0, 1)], [1_500, 2_500]);
});
