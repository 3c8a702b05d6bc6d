import { t } from "../i18n";
import { live } from "../live/index";
import { chime } from "./call/level";

const TAG = "plenary-turn";

const WAITING = "plenary-waiting";

/** Remembers whether the person waits in a queue. Then pages that need no live connection open one, too. */
export function rememberWaiting(waits: boolean): void {
  try {
    if (waits) localStorage.setItem(WAITING, "1");
    else localStorage.removeItem(WAITING);
  } catch {
    // Without storage only live pages announce the turn.
  }
}

export function isWaiting(): boolean {
  try {
    return localStorage.getItem(WAITING) !== null;
  } catch {
    return false;
  }
}

/** `keeps`: another booth that keeps the visitor's place meanwhile. */
export interface Turn {
  readonly booth: string;
  readonly keeps: string;
  readonly href: string;
  readonly until: number;
}

/** Asks to show notifications while a person waits. For a click: browsers ignore other requests. */
export function askForNotifications(): void {
  if ("Notification" in window && Notification.permission === "default") void Notification.requestPermission();
}

/** Tells the person's other tabs that the turn is over: accepted, skipped or expired. */
export function turnOver(): void {
  const channel = new BroadcastChannel(TAG);
  channel.postMessage("over");
  channel.close();
  document.dispatchEvent(new CustomEvent("turn-over"));
}

/** Alerts a person whose turn has come and who may be in another tab: the title, a chime, and a notification of the system. */
export class TurnAlert {
  private title: string | null = null;
  private notification: Notification | null = null;
  private timer = 0;
  private readonly channel = new BroadcastChannel(TAG);

  constructor(private readonly over: () => void) {
    this.channel.onmessage = () => over();
    document.addEventListener("turn-over", over);
  }

  begin(turn: Turn): void {
    this.end();
    this.title = document.title;
    document.title = `${t("It is your turn")} · ${this.title}`;
    this.timer = window.setTimeout(this.over, turn.until - live().now());
    void chime("").catch(() => undefined); // a page that was never pressed may not play
    this.notify(turn);
  }

  end(): void {
    window.clearTimeout(this.timer);
    if (this.title !== null) document.title = this.title;
    this.title = null;
    this.notification?.close();
    this.notification = null;
  }

  dispose(): void {
    this.end();
    this.channel.close();
    document.removeEventListener("turn-over", this.over);
  }

  private notify({ booth, href }: Turn): void {
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    try {
      // One for all tabs: the same tag replaces the former.
      const shown = new Notification(t("%(booth)s calls you: it is your turn.", { booth }), { body: t("Accept within a minute."), tag: TAG });
      shown.onclick = () => {
        window.focus();
        if (location.pathname !== href) location.assign(href);
      };
      this.notification = shown;
    } catch {
      // Android's browsers leave notifications to service workers.
    }
  }
}
