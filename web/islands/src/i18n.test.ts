import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import {
  dayOf,
  formatCountdown,
  formatNumber,
  formatRelative,
  formatTime,
  t,
  tn,
  useCatalog,
  zone,
} from "./i18n";

const MOMENT = "2026-11-21T22:30:00Z";

beforeEach(() => useCatalog({ language: "en", zone: "Africa/Lagos", messages: {} }));

test("a text without a translation is English, its places filled", () => {
  assert.equal(t("Asked by %(name)s", { name: "Mei" }), "Asked by Mei");
  assert.equal(t("100%% of %(count)s, %(other)s", { count: 3 }), "100% of 3, %(other)s");
});

test("a translation may move the places", () => {
  useCatalog({ language: "zh-Hans", messages: { "Asked by %(name)s": "%(name)s提问", Empty: "" } });
  assert.equal(t("Asked by %(name)s", { name: "Mei" }), "Mei提问");
  assert.equal(t("Empty"), "Empty");
});

test("what is filled in is not read as a text with places again", () => {
  assert.equal(t("%(a)s%(b)s", { a: "%(b)s", b: "!" }), "%(b)s!");
});

test("plurals follow the language", () => {
  const votes = (count: number) => tn("%(count)s vote", "%(count)s votes", count);
  assert.deepEqual([0, 1, 2].map(votes), ["0 votes", "1 vote", "2 votes"]);
  useCatalog({ language: "zh-Hans", messages: { "%(count)s vote": ["%(count)s 票"] } });
  assert.deepEqual([0, 1, 2].map(votes), ["0 票", "1 票", "2 票"]);
  useCatalog({ language: "pl", messages: { "%(count)s vote": ["%(count)s głos", "%(count)s głosy", "%(count)s głosów"] } });
  assert.deepEqual([1, 3, 5, 22].map(votes), ["1 głos", "3 głosy", "5 głosów", "22 głosy"]);
  useCatalog({ language: "fr", messages: { "%(count)s vote": ["%(count)s voix unique", "%(count)s voix"] } });
  assert.deepEqual([0, 2, 1_000_000].map(votes), ["0 voix unique", "2 voix", `${formatNumber(1_000_000)} voix`]);
});

test("times are shown in the zone that was chosen", () => {
  assert.equal(formatTime(MOMENT), "23:30");
  assert.equal(formatTime(MOMENT, "Asia/Shanghai"), "06:30");
  useCatalog({ language: "zh-Hans", zone: "Asia/Shanghai" });
  assert.equal(zone(), "Asia/Shanghai");
});

test("midnight is 00:00", () => {
  assert.equal(formatTime("2026-11-21T23:00:00Z"), "00:00");
});

test("a day and a time are those of the zone, also when clocks change", () => {
  assert.equal(dayOf(MOMENT), "2026-11-21");
  // On 29 March 2026 clocks in Berlin go from 02:00 to 03:00.
  assert.equal(formatTime("2026-03-29T00:59:00Z", "Europe/Berlin"), "01:59");
  assert.equal(formatTime("2026-03-29T01:00:00Z", "Europe/Berlin"), "03:00");
  assert.equal(formatTime("2026-10-24T23:59:00Z", "Europe/Berlin"), "01:59");
  assert.equal(formatTime("2026-10-25T00:30:00Z", "Europe/Berlin"), "02:30 UTC+2");
  assert.equal(formatTime("2026-10-25T01:30:00Z", "Europe/Berlin"), "02:30 UTC+1");
  assert.equal(formatTime("2026-10-25T02:00:00Z", "Europe/Berlin"), "03:00");
  assert.equal(formatTime("2026-11-01T06:00:00Z", "America/New_York"), "01:00 UTC-5");
  assert.equal(formatTime("2026-04-04T15:15:00Z", "Australia/Lord_Howe"), "01:45 UTC+10:30");
});

test("spans are shown in words and on the clock", () => {
  const now = Date.parse(MOMENT);
  assert.equal(formatRelative(now - 3 * 60_000, now), "3 minutes ago");
  assert.equal(formatRelative(now + 2 * 3_600_000, now), "in 2 hours");
  assert.equal(formatRelative(now - 400, now), "now");
  assert.equal(formatCountdown(now + 245_000, now), "4:05");
  assert.equal(formatCountdown(now + 3_845_000, now), "1:04:05");
  assert.equal(formatCountdown(now - 1, now), "0:00");
});
