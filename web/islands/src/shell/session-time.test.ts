import assert from "node:assert/strict";
import { test } from "node:test";
import { useCatalog } from "../i18n";
import { startOf, slotText, startText, yourTime, zoneLetters } from "./session-time";

const view = { starts_at: "2026-12-06T10:30:00Z", ends_at: "2026-12-06T11:10:00Z" };
const now = Date.parse("2026-12-05T09:00:00Z");

test("a start names its day and zone, and its year when that is not the present one", () => {
  useCatalog({ language: "en", zone: "Europe/Berlin", messages: {} });
  assert.equal(startText(view, now), "Sun, Dec 6, 11:30 CET");
  assert.equal(startText(view, Date.parse("2028-01-01T00:00:00Z")), "Sun, Dec 6, 2026, 11:30 CET");
});

test("a reader elsewhere learns their own time, with the day where it differs", () => {
  assert.equal(yourTime(view.starts_at, now, "America/New_York", "Europe/Berlin"), "05:30");
  assert.equal(yourTime(view.starts_at, now, "Europe/Paris", "Europe/Berlin"), "");
  assert.equal(yourTime("2026-12-06T20:30:00Z", now, "Asia/Shanghai", "Europe/Berlin"), "Mon, Dec 7, 04:30");
});

test("zones have their common abbreviation, or an offset", () => {
  const winter = "2026-12-06T10:30:00Z";
  assert.deepEqual(["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Asia/Kolkata", "UTC"].map((zone) => zoneLetters(winter, zone)), ["CET", "EST", "UTC+8", "UTC+5:30", "UTC"]);
  assert.equal(zoneLetters("2026-07-06T10:30:00Z", "Europe/Berlin"), "CEST");
});

test("a session that nobody starts is late, then over", () => {
  const at = (time: string) => startOf(view, Date.parse(`2026-12-06T${time}Z`));
  assert.deepEqual(["10:29:59", "10:30:00", "10:32:00", "11:10:00"].map(at), ["ahead", "soon", "late", "over"]);
});

test("a notification names the time in the conference's zone", () => {
  useCatalog({ language: "en", zone: "Europe/Berlin", messages: {} });
  assert.match(slotText(view, now, "Asia/Shanghai"), /^Sun, Dec 6, 18:30–19:10 UTC\+8/);
});
