import { html, nothing } from "lit";
import { t } from "../../i18n";
import { icon, localised, notice, sessionState } from "../../shell/parts";
import type { SessionRoom } from "../state/session";

interface Bar {
  readonly tools: boolean; // shown instead of the queue, in a narrow window
  readonly undo: (() => void) | null;
  readonly help: () => void;
  readonly turn: (view: "queue" | "tools") => void;
}

export function consoleBar({ snapshot: { session } }: SessionRoom, { tools, undo, help, turn }: Bar) {
  return html`<header class="console-bar">
    <div class="console-title">${sessionState(session.state, session.cancelled)}<h1 dir="auto">${localised(session, "title")}</h1></div>
    <div class="row console-bar-tools">
      <button class="button button-quiet button-small" ?disabled=${!undo} @click=${() => undo?.()}>${icon("undo")}${t("Undo")}<kbd aria-hidden="true">z</kbd></button>
      <button class="button button-quiet button-small console-keys" @click=${help}>${icon("keyboard")}${t("Keys")}<kbd aria-hidden="true">?</kbd></button>
      <div class="segments console-views" role="group" aria-label=${t("View")}>
        ${(["queue", "tools"] as const).map(
          (view) => html`<button aria-pressed=${(view === "tools") === tools ? "true" : "false"} @click=${() => turn(view)}>${view === "queue" ? t("Queue") : t("Session")}</button>`,
        )}
      </div>
    </div>
  </header>`;
}

/** The rights, or the place in the room (`inside`), were lost while the console was open. */
export function consoleOver(inside: boolean, problem: string, session: string) {
  return html`<div class="page page-narrow stack">
    ${notice(html`<p>${inside ? t("You are no longer a moderator here.") : problem}</p>`, { kind: "warning", symbol: "alert" })}
    ${inside ? html`<p><a class="button" href=${session}>${t("Go to the session")}</a></p>` : nothing}
  </div>`;
}
