import { html, nothing, type TemplateResult } from "lit";
import { dayOf, formatDayShort, formatTime, t, zone, type Moment } from "../i18n";

interface Timed {
  readonly starts_at: string;
  readonly ends_at: string;
}

const LATE_AFTER = 120_000; // ms
const NAMING = ["en", "en-GB", "en-AU"]; // web/session_time.py

/** The state of a session that nobody has started: late some minutes after its start, over after its end. */
export type Start = "ahead" | "soon" | "late" | "over";

export function startOf(view: Timed, now: number): Start {
  const [starts, ends] = [Date.parse(view.starts_at), Date.parse(view.ends_at)];
  if (now < starts) return "ahead";
  if (now >= ends) return "over";
  return now - starts >= LATE_AFTER ? "late" : "soon";
}

/** The abbreviation of a zone at a moment: CET, EST or, if there is none, UTC+8. */
export function zoneLetters(moment: Moment, inZone = zone()): string {
  let name = "";
  for (const language of NAMING) {
    const parts = new Intl.DateTimeFormat(language, { timeZone: inZone, timeZoneName: "short" }).formatToParts(new Date(moment));
    name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
    if (/^[A-Za-z]+$/.test(name)) return name;
  }
  return name.replace("GMT", "UTC").replace("\u2212", "-");
}

const clockIn = (moment: Moment, inZone: string) => `${dayOf(moment, inZone)} ${formatTime(moment, inZone)}`;

/** A day, with its year unless it is the current one. */
function day(moment: Moment, inZone: string, now: number): string {
  return formatDayShort(moment, inZone, dayOf(moment, inZone).slice(0, 4) !== dayOf(now, inZone).slice(0, 4));
}

/** The start in the reader's own zone, if the page shows another: “5:30”, with the day if that differs; otherwise "". */
export function yourTime(moment: Moment, now: number, own: string, shown = zone()): string {
  if (clockIn(moment, own) === clockIn(moment, shown)) return "";
  return (dayOf(moment, own) === dayOf(moment, shown) ? "" : `${day(moment, own, now)}, `) + formatTime(moment, own);
}

const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** “Sun, Dec 6, 11:30 CET”, for sentences. */
export function startText(view: Timed, now: number): string {
  return `${day(view.starts_at, zone(), now)}, ${formatTime(view.starts_at)} ${zoneLetters(view.starts_at)}`;
}

/** A moment in a sentence: “17:00 CET”, or “Sat, Nov 21, 9:00 CET” on another day. */
export function momentText(moment: Moment, now: number, inZone = zone()): string {
  const time = `${formatTime(moment, inZone)} ${zoneLetters(moment, inZone)}`;
  return dayOf(moment, inZone) === dayOf(now, inZone) ? time : `${day(moment, inZone, now)}, ${time}`;
}

/** “Sun, Dec 6, 11:30–12:10 CET (5:30 your time)”. */
export function sessionTime(view: Timed, now: number): TemplateResult {
  const [first, last] = [zoneLetters(view.starts_at), zoneLetters(view.ends_at)];
  const yours = yourTime(view.starts_at, now, ownZone());
  return html`<span class="session-time"
    ><time datetime=${view.starts_at}>${day(view.starts_at, zone(), now)}, ${formatTime(view.starts_at)}</time>${first === last ? nothing : html` ${first}`}–<time datetime=${view.ends_at}>${formatTime(view.ends_at)}</time> ${last}${yours
      ? html` <span class="session-time-yours">(${t("%(time)s your time", { time: yours })})</span>`
      : nothing}</span
  >`;
}

/** The same as text, in any zone: for notifications. */
export function slotText(view: Timed, now: number, inZone: string): string {
  const [first, last] = [zoneLetters(view.starts_at, inZone), zoneLetters(view.ends_at, inZone)];
  const yours = yourTime(view.starts_at, now, ownZone(), inZone);
  const start = `${day(view.starts_at, inZone, now)}, ${formatTime(view.starts_at, inZone)}${first === last ? "" : ` ${first}`}`;
  return `${start}–${formatTime(view.ends_at, inZone)} ${last}${yours ? ` (${t("%(time)s your time", { time: yours })})` : ""}`;
}
