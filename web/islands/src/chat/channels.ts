import { LitElement, noChange } from "lit";
import { customElement, property } from "lit/decorators.js";
import { tn } from "../i18n";
import { RoomController } from "../live/index";
import { lobby, unreadInLobby } from "../programme/state/lobby";
import { onRead } from "./read-signal";

const AGAIN_MS = 30_000;

/**
 * The unread counts of the person's chats, rendered by the server. The lobby's own count is live. Counts of other rooms, which this page does not
 * follow, are polled, and asked for at once when another tab of this browser has read a chat.
 */
@customElement("plenary-channels")
export class Channels extends LitElement {
  @property() room = "";
  @property() path = "";
  private readonly followed = new RoomController(this, lobby, () => this.room);
  private timer = 0;
  private stopListening: (() => void) | null = null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.ask);
    window.addEventListener("pageshow", this.ask);
    this.stopListening = onRead(() => void this.ask());
    this.timer = window.setInterval(this.ask, AGAIN_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.ask);
    window.removeEventListener("pageshow", this.ask);
    this.stopListening?.();
    window.clearInterval(this.timer);
  }

  protected override render() {
    return noChange;
  }

  protected override updated(): void {
    const state = this.followed.state;
    if (state) this.show(this.room, unreadInLobby(state));
  }

  private readonly ask = async (): Promise<void> => {
    if (document.visibilityState === "hidden") return;
    const rooms = [...this.querySelectorAll<HTMLElement>("[data-room]")].map((item) => item.dataset["room"] ?? "").filter((id) => id !== this.room);
    if (!rooms.length) return;
    try {
      const answer = await fetch(`${this.path}/unread?${new URLSearchParams(rooms.map((room) => ["room", room]))}`, { cache: "no-store" });
      if (!answer.ok) return;
      const counts = (await answer.json()) as { unread: Record<string, number> };
      for (const room of rooms) this.show(room, counts.unread[room] ?? 0);
    } catch {
      // Offline: try again later.
    }
  };

  private show(room: string, count: number): void {
    const place = this.querySelector(`[data-room="${CSS.escape(room)}"] .channel-unread`);
    if (!place) return;
    if (!count) return place.replaceChildren();
    const badge = Object.assign(document.createElement("span"), { className: "count count-new" });
    const number = Object.assign(document.createElement("span"), { textContent: count > 99 ? "99+" : String(count) });
    number.setAttribute("aria-hidden", "true");
    badge.append(
      number,
      Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: tn("%(count)s unread", "%(count)s unread", count) }),
    );
    place.replaceChildren(badge);
  }
}
