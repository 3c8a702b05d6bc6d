/**
 * Announcements for screen readers, and toasts. News about others is collected for a while and announced as one sentence; it can be
 * paused. Results of the person's own actions are announced immediately.
 */
import { t } from "../i18n";
import { Observable } from "../live/index";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: "" | "fault";
  readonly act: { readonly label: string; readonly run: () => void } | null;
}

const GATHERED_MS = 3_000;
const SHOWN_MS = 8_000;
const PAUSED = "plenary-quiet";

export const toasts = new Observable<readonly Toast[]>([]);
/** The sentence that the polite region holds. */
export const spoken = new Observable("");
export const quiet = new Observable(localStorage.getItem(PAUSED) === "1");

let number = 0;
let gathered: string[] = [];
let timer = 0;

export function setQuiet(value: boolean): void {
  if (value) localStorage.setItem(PAUSED, "1");
  else localStorage.removeItem(PAUSED);
  quiet.set(value);
}

/** Announces a result of the person's own action, immediately, even when news is paused. */
export function say(text: string): void {
  spoken.set("");
  requestAnimationFrame(() => spoken.set(text));
}

/** Announces actions of others. */
export function announce(text: string): void {
  if (quiet.value) return;
  gathered.push(text);
  if (timer) return;
  timer = window.setTimeout(() => {
    timer = 0;
    const news = gathered;
    gathered = [];
    const more = news.length - 3;
    say([...news.slice(0, 3), ...(more > 0 ? [t("and %(count)s more", { count: more })] : [])].join(". "));
  }, GATHERED_MS);
}

/** Returns the toast's number, for `dismiss`. */
export function toast(text: string, { kind = "", act = null }: Partial<Pick<Toast, "kind" | "act">> = {}): number {
  const id = ++number;
  toasts.set([...toasts.value.slice(-2), { id, text, kind, act }]);
  window.setTimeout(() => dismiss(id), SHOWN_MS);
  return id;
}

export function dismiss(id: number): void {
  toasts.set(toasts.value.filter((each) => each.id !== id));
}
