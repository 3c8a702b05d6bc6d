import { html, nothing, type TemplateResult } from "lit";
import { t, tn } from "../i18n";
import type { BoothDesk, BreakView } from "../live/types";
import { momentText } from "../shell/session-time";
import { crewOf, type Colleague } from "./state/crew";

/** Choices for the expected length of a break, in minutes. */
const LENGTHS = [5, 10, 15, 30, 60];

export interface BreakActs {
  readonly busy: boolean;
  readonly take: (minutes: number | null, after: boolean) => unknown;
  readonly end: () => unknown;
}

/** Who takes visitors now, who is on a break until when, and who comes next. */
export function crewList(desk: BoothDesk, now: number): TemplateResult | typeof nothing {
  const crew = crewOf(desk, now);
  if (!desk.shifts?.length && !desk.breaks?.length) return nothing;
  return html`<section class="crew" aria-labelledby="booth-crew">
    <h3 id="booth-crew">${t("Who takes visitors")}</h3>
    <ul class="lines" role="list">
      ${crew.map((each) => html`<li class="row row-apart"><span dir="auto">${each.person.name}</span>${stateOf(each, Boolean(desk.shifts?.length), now)}</li>`)}
    </ul>
  </section>`;
}

function stateOf({ pause, until, next }: Colleague, planned: boolean, now: number): TemplateResult {
  if (pause) return html`<span class="badge badge-amber">${pauseText(pause, now)}</span>`;
  if (!planned) return html`<span class="soft">${t("Takes visitors")}</span>`;
  if (until !== null) return html`<span class="badge badge-green">${t("On shift until %(time)s", { time: momentText(until, now) })}</span>`;
  return html`<span class="soft">${next === null ? t("No further shift") : t("Next shift: %(time)s", { time: momentText(next, now) })}</span>`;
}

function pauseText({ since, until }: BreakView, now: number): string {
  if (!since) return t("Break after this talk");
  return until ? t("On a break until %(time)s", { time: momentText(until, now) }) : t("On a break");
}

/** The buttons for a person's own break. `serving`: they are calling or talking to somebody; `talking`: the call has been accepted. */
export function ownBreak(pause: BreakView | null, serving: boolean, talking: boolean, now: number, acts: BreakActs): TemplateResult {
  if (pause?.since) {
    return html`<div class="crew-break" role="status">
      <p><strong>${pause.until ? t("You are on a break until %(time)s.", { time: momentText(pause.until, now) }) : t("You are on a break.")}</strong> ${t("No visitor is called for you.")}</p>
      <button class="button button-primary" ?disabled=${acts.busy} @click=${acts.end}>${t("I am back")}</button>
    </div>`;
  }
  if (pause) {
    return html`<div class="crew-break" role="status">
      <p>${t("Your break begins after this talk.")}</p>
      <button class="button" ?disabled=${acts.busy} @click=${acts.end}>${t("No break")}</button>
    </div>`;
  }
  const take = (after: boolean) => (event: Event) => {
    const chosen = (event.currentTarget as HTMLElement).closest(".crew-take")?.querySelector("select")?.value;
    acts.take(chosen ? Number(chosen) : null, after);
  };
  return html`<details class="crew-take">
    <summary class="button button-small button-quiet">${t("Take a break")}</summary>
    <div class="row">
      <label for="break-minutes">${t("Expected length")}</label>
      <select class="input" id="break-minutes">
        <option value="">${t("Not known")}</option>
        ${LENGTHS.map((count) => html`<option value=${count} ?selected=${count === 15}>${tn("%(count)s minute", "%(count)s minutes", count)}</option>`)}
      </select>
      ${talking ? nothing : html`<button class="button" ?disabled=${acts.busy} @click=${take(false)}>${t("Break now")}</button>`}
      ${serving ? html`<button class="button" ?disabled=${acts.busy} @click=${take(true)}>${t("After this one")}</button>` : nothing}
    </div>
  </details>`;
}
