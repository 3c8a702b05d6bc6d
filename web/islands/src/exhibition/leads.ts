import { LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { RoomController } from "../live/index";
import { booth } from "./state/booth";

/** The leads of a booth, rendered by the server. They are reloaded when a colleague or a visitor changes something. */
@customElement("plenary-leads")
export class Leads extends LitElement {
  @property() room = "";
  private stale = false;
  private fetching = false;

  constructor() {
    super();
    new RoomController(this, booth, () => this.room, {
      onEvent: (event) => {
        if (event.type === "lead.changed") void this.renew();
      },
    });
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("focusout", this.left);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("focusout", this.left);
  }

  private readonly left = (): void => {
    setTimeout(() => this.stale && void this.renew());
  };

  /** Does not reload while the person is writing, but waits until they have finished. */
  private async renew(): Promise<void> {
    this.stale = true;
    if (this.fetching || this.contains(document.activeElement) || this.written()) return;
    this.stale = false;
    this.fetching = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const list = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#leads");
      if (answer.ok && list) this.querySelector("#leads")?.replaceWith(list);
    } catch {
      this.stale = true;
    } finally {
      this.fetching = false;
    }
  }

  private written(): boolean {
    return [...this.querySelectorAll<HTMLInputElement>("input:not([type=hidden])")].some((each) => each.value !== each.defaultValue);
  }
}
