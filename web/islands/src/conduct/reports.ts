import { html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { tn } from "../i18n";
import { DeskController } from "../live/index";
import { Island } from "../shell/island";

const MOST = 99;

/** The number of open reports of a conference, from an organiser's desk. */
@customElement("plenary-reports")
export class Reports extends Island {
  @property() conference = "";
  private readonly desk = new DeskController(this);

  protected override get ready(): boolean {
    return this.waiting !== undefined;
  }

  private get waiting(): number | undefined {
    return this.desk.state?.latest.reports?.[this.conference];
  }

  protected override render() {
    const { waiting } = this;
    if (!waiting) return nothing;
    return html`<span class="count count-new"
      ><span aria-hidden="true">${waiting > MOST ? `${MOST}+` : waiting}</span><span class="visually-hidden">${tn("%(count)s open report", "%(count)s open reports", waiting)}</span></span
    >`;
  }
}
