import { html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import { tn } from "../i18n";
import { DeskController } from "../live/index";
import { Island } from "../shell/island";

const MOST = 99;

/** The number of unread notifications, from the person's desk: the same in all tabs and on all devices. */
@customElement("plenary-unread")
export class Unread extends Island {
  private readonly desk = new DeskController(this);

  protected override get ready(): boolean {
    return this.unread !== undefined;
  }

  private get unread(): number | undefined {
    return this.desk.state?.snapshot.unread;
  }

  protected override render() {
    const { unread } = this;
    if (!unread) return nothing;
    return html`<span class="count count-new"
      ><span aria-hidden="true">${unread > MOST ? `${MOST}+` : unread}</span><span class="visually-hidden">${tn("%(count)s unread", "%(count)s unread", unread)}</span></span
    >`;
  }
}
