import { html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatCountdown, t } from "../i18n";
import { DeskController, live, type RoundNowView } from "../live/index";
import { say } from "../shell/announce";
import { Island } from "../shell/island";
import { Ticking } from "../shell/ticking";

const MOVES_AFTER = 1500; // ms: time to hear why the page changes

/** What happens next in rounds of short talks, on the page of the rounds and on those of their talks: a countdown, and the way to the next talk. */
@customElement("plenary-round")
export class Round extends Island {
  /** The id of the rounds. */
  @property() round = "";
  /** The page of the rounds. */
  @property() path = "";
  /** When the first talk begins. */
  @property() starts = "";
  private readonly desk = new DeskController(this, () => this.move());
  private moving = 0;

  constructor() {
    super();
    new Ticking(this, 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.moving);
  }

  protected override get ready(): boolean {
    return this.now !== undefined;
  }

  private get now(): RoundNowView | undefined {
    return this.desk.state?.latest.rounds?.[this.round];
  }

  /** Goes to the person's talk, when it is another one than this page's. */
  private move(): void {
    const to = this.now?.here ? this.now.meeting : "";
    window.clearTimeout(this.moving);
    this.moving = 0;
    if (!to || to === location.pathname) return;
    say(t("Your talk begins. You are brought to it."));
    this.moving = window.setTimeout(() => location.assign(to), MOVES_AFTER);
  }

  protected override render() {
    const { now } = this;
    if (!now) return nothing;
    return html`<div class="notice notice-plain round-now"><div>
      <p><strong role="status">${this.words(now)}</strong>${this.countdown(now)}</p>
      ${this.way(now)}
    </div></div>`;
  }

  private words(now: RoundNowView): string {
    if (!now.here) return t("You have left the rounds.");
    const counted = { number: String(now.number), talks: String(now.talks) };
    switch (now.state) {
      case "waiting":
        return t("You are in the waiting room.");
      case "talk":
        if (now.meeting) return t("Talk %(number)s of %(talks)s", counted);
        return t("Nobody is free for you in this round. You are first in the next one, or sooner when somebody is alone.");
      case "pause":
        return t("Pause after talk %(number)s of %(talks)s", counted);
      case "ended":
        return t("The rounds are over.");
      case "cancelled":
        return t("The rounds were cancelled.");
    }
  }

  private countdown(now: RoundNowView) {
    const at = now.until ?? (now.state === "waiting" ? this.starts : "");
    if (!at || !now.here || Date.parse(at) <= live().now()) return nothing;
    return html` <time class="numbers" datetime=${at} role="timer" aria-live="off">${formatCountdown(at, live().now())}</time>`;
  }

  private way(now: RoundNowView) {
    if (location.pathname === this.path) return nothing;
    if (!now.here) return html`<p><a class="button button-small" href=${this.path}>${t("Enter again")}</a></p>`;
    if (now.state === "ended" || now.state === "cancelled") return html`<p><a class="button button-small button-primary" href=${this.path}>${t("See whom you met")}</a></p>`;
    return nothing;
  }
}
