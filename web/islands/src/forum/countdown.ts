import { html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatCountdown, formatRelative, t } from "../i18n";
import { live } from "../live/index";
import { Island } from "../shell/island";
import { Ticking } from "../shell/ticking";

const SECONDS_SHOWN = 24 * 3_600_000; // ms; longer times are shown in days

/** The time left until a moment (attribute `at`); empty afterwards. */
@customElement("plenary-countdown")
export class Countdown extends Island {
  @property() at = "";

  constructor() {
    super();
    new Ticking(this, 1_000);
  }

  protected override get ready(): boolean {
    return this.at !== "";
  }

  protected override render() {
    const now = live().now();
    const left = Date.parse(this.at) - now;
    if (left <= 0) return nothing;
    const far = left > SECONDS_SHOWN;
    // Not a live region: reading it out every second would drown everything else.
    return html`<span class="lobby-countdown-label">${far ? t("Begins") : t("Begins in")}</span>
      <time datetime=${this.at} role="timer" aria-live="off">${far ? formatRelative(this.at, now) : formatCountdown(this.at, now)}</time>`;
  }
}
