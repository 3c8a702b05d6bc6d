import { html, nothing } from "lit";
import { formatCountdown, t } from "../i18n";
import { live } from "../live/index";
import { callOf, type MeetingRoom } from "../exhibition/state/booth";
import { icon } from "../shell/parts";

export const SOON = 120_000; // ms before the end: when to warn
const EXTENSIONS = 6; // as in rooms/meetings

/** The time left, and near the end a button to extend the talk. */
export function meetingClock(state: MeetingRoom, extend: () => void) {
  const { ends_at, extensions } = callOf(state);
  if (!ends_at) return nothing;
  const end = Date.parse(ends_at);
  const left = end - live().now();
  const more =
    extensions < EXTENSIONS
      ? html`<button class="button button-small" @click=${extend}>${icon("plus")}${t("5 more minutes")}</button>`
      : nothing;
  return html`<div class="call-clock ${left < SOON ? "call-clock-soon" : ""}">
    ${icon("clock")}<span role="timer" aria-live="off" class="numbers">${left > 0 ? t("%(time)s left", { time: formatCountdown(end, live().now()) }) : t("Time is up. Finish when you are ready.")}</span>
    ${left < SOON ? more : nothing}
  </div>`;
}
