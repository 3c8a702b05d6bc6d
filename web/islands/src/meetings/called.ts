import { LitElement, html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { t } from "../i18n";
import { Follow, live, type RoomEvent } from "../live/index";
import { say } from "../shell/announce";
import { icon } from "../shell/parts";
import { Ticking } from "../shell/ticking";
import { chime } from "./call/level";
import { isWaiting, TurnAlert, type Turn } from "./turn-alert";

/** On every page: tells a visitor who waits in a queue that the booth calls them. */
@customElement("plenary-called")
export class CalledNotice extends LitElement {
  @state() private turn: Turn | null = null;
  private readonly who = new Follow(this, live().identity);
  private stop: (() => void) | null = null;
  private room = "";
  private alert: TurnAlert | null = null;

  constructor() {
    super();
    new Ticking(this, 1000);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.alert = new TurnAlert(() => this.over());
    if (isWaiting()) live().start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.alert?.dispose();
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
    if (event.type !== "desk.notified") return;
    if (event.kind === "queue.soon") void chime("").catch(() => undefined); // a page that was never pressed may not play
    if (event.kind !== "call") return;
    const turn = { booth: event.values["booth"] ?? "", keeps: event.values["keeps"] ?? "", href: event.href, until: Date.parse(event.values["until"] ?? "") };
    if (!(turn.until > live().now())) return; // heard too late, after an interruption
    this.turn = turn;
    this.alert?.begin(turn);
    say(words(turn));
  }

  private over(): void {
    this.turn = null;
    this.alert?.end();
  }

  protected override render() {
    const { turn } = this;
    if (!turn || turn.until <= live().now() || location.pathname === turn.href) return nothing;
    return html`<div class="toasts">
      <div class="toast">${icon("talk")}<span>${words(turn)}</span>
        <a class="button button-small button-primary" href=${turn.href}>${t("Go to the booth")}</a></div>
    </div>`;
  }
}

function words({ booth, keeps }: Turn): string {
  const text = t("%(booth)s calls you: it is your turn.", { booth });
  return keeps ? `${text} ${t("%(booth)s keeps your place.", { booth: keeps })}` : text;
}
