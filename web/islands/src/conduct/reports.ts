import { html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { tn } from "../i18n";
import { Follow, live } from "../live/index";
import { Island } from "../shell/island";

const MOST = 99;

/** The number of open reports of a conference, from an organiser's desk. */
@customElement("plenary-reports")
export class Reports extends Island {
  @property() conference = "";
  private readonly who = new Follow(this, live().identity);
  private followed = "";
  private stop: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    live().start(); // so that organisers see it on pages that follow no room, too
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
    this.stop = null;
    this.followed = "";
  }

  protected override get ready(): boolean {
    const desk = this.who.value?.desk;
    if (desk && desk.id !== this.followed) {
      this.stop?.();
      this.followed = desk.id;
      this.stop = desk.subscribe(() => this.requestUpdate());
    }
    return this.waiting !== undefined;
  }

  private get waiting(): number | undefined {
    return this.who.value?.desk?.state?.latest.reports?.[this.conference];
  }

  protected override render() {
    const { waiting } = this;
    if (!waiting) return nothing;
    return html`<span class="count count-new"
      ><span aria-hidden="true">${waiting > MOST ? `${MOST}+` : waiting}</span><span class="visually-hidden">${tn("%(count)s open report", "%(count)s open reports", waiting)}</span></span
    >`;
  }
}
