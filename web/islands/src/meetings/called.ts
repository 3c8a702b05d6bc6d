import { LitElement, html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { t } from "../i18n";
import { Follow, live, type RoomEvent } from "../live/index";
import { say } from "../shell/announce";
import { icon } from "../shell/parts";
import { Ticking } from "../shell/ticking";

interface Call {
  readonly booth: string;
  readonly href: string;
  readonly until: number;
}

/** On every page that is live: a booth calls its reader, who waited there and went on. */
@customElement("plenary-called")
export class CalledNotice extends LitElement {
  @state() private call: Call | null = null;
  private readonly who = new Follow(this, live().identity);
  private stop: (() => void) | null = null;
  private room = "";

  constructor() {
    super();
    new Ticking(this, 1000);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
    this.stop = null;
    this.room = "";
  }

  protected override willUpdate(): void {
    const desk = this.who.value?.desk;
    if (!desk || desk.id === this.room) return;
    this.stop?.();
    this.room = desk.id;
    this.stop = desk.events((event) => this.happened(event));
  }

  private happened(event: RoomEvent): void {
    if (event.type !== "desk.notified" || event.kind !== "call") return;
    this.call = { booth: event.values["booth"] ?? "", href: event.href, until: Date.parse(event.values["until"] ?? "") };
    say(t("%(booth)s calls you: it is your turn.", { booth: this.call.booth }));
  }

  protected override render() {
    const { call } = this;
    if (!call || call.until <= live().now() || location.pathname === call.href) return nothing;
    return html`<div class="toasts">
      <div class="toast">${icon("talk")}<span>${t("%(booth)s calls you: it is your turn.", { booth: call.booth })}</span>
        <a class="button button-small button-primary" href=${call.href}>${t("To the booth")}</a></div>
    </div>`;
  }
}
