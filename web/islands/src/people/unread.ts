import { html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import { tn } from "../i18n";
import { Follow, live } from "../live/index";
import { Island } from "../shell/island";

const MOST = 99;

/** The number of unread notifications, from the person's desk: the same in all tabs and on all devices. */
@customElement("plenary-unread")
export class Unread extends Island {
  private readonly who = new Follow(this, live().identity);
  private followed = "";
  private stop: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    live().start(); // pages that follow no room show it, too
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
    return this.unread !== undefined;
  }

  private get unread(): number | undefined {
    return this.who.value?.desk?.state?.snapshot.unread;
  }

  protected override render() {
    const { unread } = this;
    if (!unread) return nothing;
    return html`<span class="count count-new"
      ><span aria-hidden="true">${unread > MOST ? `${MOST}+` : unread}</span><span class="visually-hidden">${tn("%(count)s unread", "%(count)s unread", unread)}</span></span
    >`;
  }
}
