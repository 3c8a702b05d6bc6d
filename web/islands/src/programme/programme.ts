import { LitElement, html, noChange, nothing, render } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatTime, t, tn } from "../i18n";
import { live, RoomController, type SessionCard } from "../live/index";
import { isOn, lobby, type LobbyRoom } from "./state/lobby";
import { passes, type Wish } from "./state/programme";
import { say } from "../shell/announce";
import { icon, localised, sessionState } from "../shell/parts";
import { toastRefusal } from "../shell/refusal";
import { Ticking } from "../shell/ticking";

const HOUR = 3_600_000;
const ROWS = 12; // of the grid, per hour

/** The page writes moments to the second, events to the microsecond. */
const seconds = (moment: string) => Math.floor(Date.parse(moment) / 1000);

/**
 * The timetable. The server has drawn it (templates/programme.html); this element filters it, keeps states, stars and the line of now up to date,
 * and reports new or moved sessions. It moves nothing under its reader.
 */
@customElement("plenary-programme")
export class Programme extends LitElement {
  @property() room = "";
  private readonly followed = new RoomController(this, lobby, () => this.room);
  private readonly slots = new Map<string, HTMLElement>();
  private drawn: { sessions?: readonly SessionCard[]; stars?: readonly string[]; minute?: number } = {};

  constructor() {
    super();
    new Ticking(this, 20_000);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    for (const slot of this.querySelectorAll<HTMLElement>(".slot")) this.slots.set(slot.dataset["session"] ?? "", slot);
    this.addEventListener("submit", this.submitted);
    this.form?.addEventListener("input", this.filtered);
    this.form?.addEventListener("change", this.filtered);
    window.addEventListener("popstate", this.restored);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("popstate", this.restored);
  }

  protected override render() {
    return noChange;
  }

  protected override updated(): void {
    const state = this.followed.state;
    if (state) this.follow(state);
    this.classList.toggle("live", state !== null);
    this.showNow(live().now());
  }

  // Changes.

  /** Also called for every chat message, so only changed sessions and those whose time may have come are checked. */
  private follow(state: LobbyRoom): void {
    const { sessions } = state.snapshot;
    const { stars } = state.own;
    const now = live().now();
    const minute = Math.floor(now / 60_000);
    if (sessions !== this.drawn.sessions || minute !== this.drawn.minute) this.followSessions(sessions, now);
    if (stars !== this.drawn.stars) this.followStars(new Set(stars));
    this.drawn = { sessions, stars, minute };
  }

  private followSessions(sessions: readonly SessionCard[], now: number): void {
    let changed = 0;
    for (const card of sessions) {
      const slot = this.slots.get(card.id);
      if (!slot || !this.inPlace(slot, card)) changed += 1;
      if (slot) this.describe(slot, card, isOn(card, now));
    }
    this.tellChanges(changed);
  }

  private followStars(stars: ReadonlySet<string>): void {
    for (const [id, slot] of this.slots) this.star(slot, stars.has(id));
    if (this.wish().starred) this.filter();
  }

  private inPlace(slot: HTMLElement, card: SessionCard): boolean {
    const { starts = "", ends = "", place } = slot.dataset;
    return seconds(starts) === seconds(card.starts_at) && seconds(ends) === seconds(card.ends_at) && place === card.place;
  }

  private describe(slot: HTMLElement, card: SessionCard, on: boolean): void {
    slot.classList.toggle("slot-now", on);
    slot.classList.toggle("slot-cancelled", card.cancelled);
    const title = slot.querySelector(".slot-title a");
    const words = localised(card, "title");
    if (title && title.textContent !== words) title.textContent = words;
    const shown = `${card.state} ${String(card.cancelled)}`;
    const place = slot.querySelector<HTMLElement>(".slot-state");
    if (place && place.dataset["shown"] !== shown) {
      place.dataset["shown"] = shown;
      place.replaceChildren();
      const state = card.cancelled || card.state !== "scheduled" ? sessionState(card.state, card.cancelled) : nothing;
      const holder = document.createElement("span");
      render(state, holder);
      if (state !== nothing) place.append(...holder.children);
    }
  }

  private star(slot: HTMLElement, starred: boolean): void {
    const button = slot.querySelector<HTMLElement>(".star");
    if (!button) return;
    button.setAttribute("aria-pressed", String(starred));
    button.closest("form")?.setAttribute("action", `/do/session.${starred ? "unstar" : "star"}`);
  }

  private tellChanges(count: number): void {
    const place = this.querySelector<HTMLElement>(".programme-news");
    if (!place || Number(place.dataset["count"] ?? 0) === count) return;
    place.dataset["count"] = String(count);
    const words = tn("%(count)s session is new or has moved.", "%(count)s sessions are new or have moved.", count);
    const again = () => location.reload();
    render(
      count
        ? html`<div class="notice">
            ${icon("info")}
            <div class="row row-apart"><span>${words}</span><button class="button button-small" @click=${again}>${t("Show the new programme")}</button></div>
          </div>`
        : nothing,
      place,
    );
  }

  // Stars.

  private readonly submitted = async (event: Event): Promise<void> => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    if (form === this.form) {
      event.preventDefault();
      return;
    }
    const session = form.closest<HTMLElement>(".slot")?.dataset["session"];
    const button = form.querySelector<HTMLElement>(".star");
    if (!session || !button || !this.followed.state) return; // posted as a plain form without a connection
    event.preventDefault();
    if (button.ariaBusy === "true") return;
    const starred = this.followed.state.own.stars.includes(session);
    button.setAttribute("aria-busy", "true");
    try {
      await this.followed.send(starred ? { op: "session.unstar", session } : { op: "session.star", session });
      say(starred ? t("Star removed") : t("Starred"));
    } catch (error) {
      toastRefusal(error);
    } finally {
      button.removeAttribute("aria-busy");
    }
  };

  // Filters.

  private get form(): HTMLFormElement | null {
    return this.querySelector<HTMLFormElement>(".filters");
  }

  private wish(): Wish {
    const data = this.form ? new FormData(this.form) : new FormData();
    const text = (name: string) => String(data.get(name) ?? "");
    return { words: text("words").trim(), track: text("track"), language: text("language"), starred: data.has("starred") };
  }

  private readonly filtered = (): void => {
    this.filter();
    const wish = this.wish();
    const asked = new URLSearchParams();
    for (const name of ["words", "track", "language"] as const) if (wish[name]) asked.set(name, wish[name]);
    if (wish.starred) asked.set("starred", "1");
    // In the address, so that a result can be shared and survives a reload.
    history.replaceState(null, "", `${location.pathname}${asked.size ? `?${asked}` : ""}`);
  };

  private readonly restored = (): void => this.filter();

  private filter(): void {
    const wish = this.wish();
    const stars = new Set(this.followed.state?.own.stars ?? [...this.slots].filter(([, slot]) => slot.querySelector('.star[aria-pressed="true"]')).map(([id]) => id));
    let shown = 0;
    for (const [id, slot] of this.slots) {
      const { words = "", track = "", language = "" } = slot.dataset;
      slot.hidden = !passes(wish, { words, track, language, starred: stars.has(id) });
      if (!slot.hidden) shown += 1;
    }
    for (const day of this.querySelectorAll<HTMLElement>(".day")) day.hidden = !day.querySelector(".slot:not([hidden])");
    this.querySelector<HTMLElement>(".filter-empty")?.toggleAttribute("hidden", shown > 0);
    const used = this.querySelector(".filter-open .count");
    const choices = [wish.track, wish.language].filter(Boolean).length;
    if (used) used.textContent = String(choices);
    used?.toggleAttribute("hidden", choices === 0);
    const result = this.querySelector(".filter-result");
    const filtering = Boolean(wish.words || wish.track || wish.language || wish.starred);
    this.classList.toggle("filtered", filtering);
    if (result) result.textContent = filtering ? tn("%(count)s session", "%(count)s sessions", shown) : "";
  }

  // The line of now.

  private showNow(now: number): void {
    const link = this.querySelector<HTMLElement>(".now-link");
    let found = false;
    for (const day of this.querySelectorAll<HTMLElement>(".day")) {
      const line = day.querySelector<HTMLElement>(".now-line");
      const marks = [...day.querySelectorAll<HTMLElement>(".mark")];
      const place = marks.findIndex((mark) => {
        const at = Date.parse(mark.dataset["at"] ?? "");
        return at <= now && now < at + HOUR;
      });
      if (!line) continue;
      line.hidden = place < 0;
      line.removeAttribute("id");
      if (place < 0) continue;
      found = true;
      const since = now - Date.parse(marks[place]?.dataset["at"] ?? "");
      line.id = "now";
      line.style.gridRow = String(place * ROWS + Math.floor((since / HOUR) * ROWS) + 1);
      const label = line.querySelector(".now-line-label");
      if (label) label.textContent = formatTime(now);
    }
    link?.toggleAttribute("hidden", !found);
  }
}
