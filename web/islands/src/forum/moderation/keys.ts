import { composes, letterOf } from "../../shell/keyboard";
import type { PanelMode } from "./question-facts";

/** How far a key moves in the queue. */
export const STEPS: Readonly<Record<string, number>> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };

/** The form of the selected question that a key opens. */
export const MODES: Readonly<Record<string, PanelMode>> = { e: "edit", m: "merge", l: "label", t: "answer", D: "dismiss", Enter: "read" };

/** Single keys work everywhere except in text fields; they can be turned off (WCAG 2.1.4). */
const OFF = "plenary-keys-off";

export function keysOn(): boolean {
  return localStorage.getItem(OFF) !== "1";
}

export function setKeys(on: boolean): void {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
}

/** The key of an event, if it may be a shortcut. */
export function shortcut(event: KeyboardEvent): string | null {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || composes(event)) return null;
  // A key held down only moves in the list; it triggers no decision.
  if (event.repeat && !(event.key in STEPS) && !(letterOf(event) in STEPS)) return null;
  const target = event.composedPath()[0];
  if (target instanceof HTMLElement) {
    if (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [role=combobox]")) return null;
    if (document.querySelector("dialog[open]")) return null;
    // Arrows, Enter and the space bar belong to what has the focus.
    if (event.key.length > 1 || event.key === " ") {
      if (target.closest("[role=tablist], [role=radiogroup], .chat-scroll, details.menu")) return null;
      if ((event.key === "Enter" || event.key === " ") && target.closest("button, a, summary, label")) return null;
    }
  }
  return letterOf(event);
}
