import { html, nothing, type TemplateResult } from "lit";
import type { Phase } from "./call/environment";
import { t, tn } from "../i18n";
import type { ProblemError } from "../live/index";
import { callOf, type MeetingRoom } from "../exhibition/state/booth";
import { icon, notice } from "../shell/parts";
import type { StaffTalk } from "./staff-talk";
import { isFull, type Waiting } from "./waiting";
import "./outcome";

/** What surrounds the call, for a person who is not in it: its room, the booth ("": none), and the way in. */
export interface EndingContext {
  readonly room: string;
  readonly back: string;
  readonly state: MeetingRoom;
  readonly join: () => void;
  readonly talk: StaffTalk;
}

type Reason = Extract<Phase, { name: "ended" }>["reason"];

const ENDS: Readonly<Record<Reason, (others: number) => readonly [string, string]>> = {
  left: (others) => [t("You have left the call"), others ? tn("%(num)s person is still in the call.", "%(num)s people are still in the call.", others) : t("Nobody else is in the call.")],
  replaced: () => [t("The call continues elsewhere"), t("You have joined it in another window or on another device.")],
  closed: () => [t("This call is over"), t("The chat stays here for you.")],
  expired: () => [t("You were away for too long"), t("Your place in the call has been released.")],
};

/** Why the call is over for this page, how it went, and where to go from here. */
export function ending({ room, back, state, join, talk }: EndingContext, reason: Reason): TemplateResult {
  const [title, text] = ENDS[reason](callOf(state).peers.length);
  return html`<div class="call-end">
    <div class="stack stack-tight"><h2 id="call-heading" tabindex="-1">${title}</h2><p class="soft">${text}</p></div>
    <div class="row">
      ${reason === "closed" ? nothing : html`<button class="button" @click=${join}>${icon("camera")}${t("Join again")}</button>`} ${talk.button()} ${wayBack(back)}
    </div>
    ${state.own.can.includes("call.rate") ? html`<section class="card" aria-label=${t("How it went")}><plenary-call-outcome room=${room}></plenary-call-outcome></section>` : nothing}
  </div>`;
}

/** Why a person cannot join now, and the queue for a call that is full. */
export function refusal({ back, join }: EndingContext, problem: ProblemError, waiting: Waiting, line: { begin: () => void; end: () => void }): TemplateResult {
  if (waiting.on) {
    return html`<div class="call-end">
      <div class="stack stack-tight">
        <h2 id="call-heading" tabindex="-1">${t("You are waiting to join")}</h2>
        <p role="status">${waiting.place ? t("You are number %(place)s in the queue.", { place: waiting.place }) : t("Joining the queue…")}</p>
        <p class="soft">${t("Leave this page open: you join automatically when a place is free. You can write in the chat while you wait.")}</p>
      </div>
      <div class="row"><button class="button" @click=${line.end}>${t("Stop waiting")}</button>${wayBack(back)}</div>
    </div>`;
  }
  const head = notice(html`<h2 id="call-heading" tabindex="-1">${t("You cannot join now")}</h2><p>${problem.message}</p>`, { kind: "warning", symbol: "alert" });
  if (isFull(problem)) {
    return html`<div class="call-end">${head}
      <div class="row"><button class="button button-primary" @click=${line.begin}>${t("Wait for a place")}</button>${wayBack(back)}</div>
    </div>`;
  }
  return html`<div class="call-end">
    ${head}
    <p class="soft">${t("You can write in the chat, and try again when somebody has left.")}</p>
    <div class="row"><button class="button button-primary" @click=${join}>${t("Try again")}</button>${wayBack(back)}</div>
  </div>`;
}

function wayBack(back: string) {
  return back ? html`<a class="button button-quiet" href=${back}>${t("Back to the booth")}</a>` : nothing;
}
