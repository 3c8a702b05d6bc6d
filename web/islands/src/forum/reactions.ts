import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatNumber, t, tn } from "../i18n";
import { live, ProblemError, RoomController, type ReactionKind } from "../live/index";
import { added, KINDS, reactions, signsOf, type Reactions } from "./state/reactions";
import { may, session } from "./state/session";
import { announce } from "../shell/announce";
import { Island } from "../shell/island";
import { toastRefusal } from "../shell/refusal";

const SIGNS: Readonly<Record<ReactionKind, string>> = { applause: "👏", heart: "❤️", laugh: "😂", cheer: "🎉" };
const SPREAD = 500; // ms over which the symbols of one half second start
const RISE = 2_600; // ms
const MOST = 48; // symbols at the same time
const ANNOUNCE_MS = 10_000; // how long reactions are collected before they are announced to screen readers

/** The reaction buttons while the session is live. */
@customElement("plenary-reactions")
export class ReactionBar extends Island {
  @property() room = "";
  private readonly followed = new RoomController(this, session, () => this.room);

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  protected override render() {
    const state = this.followed.state;
    if (!state || state.snapshot.session.state !== "live" || !may(state, "reaction.send")) return nothing;
    const names: Record<ReactionKind, string> = { applause: t("Applaud"), heart: t("Send a heart"), laugh: t("Laugh"), cheer: t("Cheer") };
    return html`<div class="reactions" role="group" aria-label=${t("React")}>
      ${KINDS.map(
        (kind) => html`<button class="reaction" type="button" title=${names[kind]} aria-label=${names[kind]} @click=${() => this.send(kind)}>
          <span aria-hidden="true">${SIGNS[kind]}</span>
        </button>`,
      )}
    </div>`;
  }

  private async send(kind: ReactionKind): Promise<void> {
    if (live().connection.value.phase !== "live") return; // late applause would be misleading
    try {
      await this.followed.send({ op: "reaction.send", kind });
    } catch (error) {
      if (!(error instanceof ProblemError && error.code === "rate_limited")) toastRefusal(error);
    }
  }
}

/** Everyone's reactions, which rise for a moment over the element below. With reduced motion, their numbers are shown instead. */
@customElement("plenary-burst")
export class Burst extends LitElement {
  @property() room = "";
  @property({ type: Boolean }) public = false;
  private followed: RoomController<Parameters<typeof reactions>[0]> | null = null;
  private seen: Reactions | null = null;
  private gathered: Reactions = {};
  private telling = 0;
  private readonly still = window.matchMedia("(prefers-reduced-motion: reduce)");

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute("aria-hidden", "true");
    this.followed ??= new RoomController(this, session, () => this.room, { isPublic: this.public });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.telling);
    this.telling = 0;
  }

  protected override render() {
    return html`<div class="burst"></div>`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const state = this.followed?.state;
    const news = state ? reactions(state) : null;
    if (news === this.seen) return;
    this.seen = news;
    if (!news) return;
    if (this.still.matches) this.showNumbers(news);
    else if (document.visibilityState === "visible") this.rise(news);
    if (!this.public) this.gather(news);
  }

  private rise(news: Reactions): void {
    const burst = this.firstElementChild;
    if (!burst) return;
    for (const kind of KINDS) {
      for (let count = signsOf(news[kind] ?? 0); count > 0 && burst.childElementCount < MOST; count -= 1) {
        const sign = document.createElement("span");
        sign.className = "burst-sign";
        sign.textContent = SIGNS[kind];
        sign.style.insetInlineEnd = `${3 + Math.random() * 22}%`;
        burst.append(sign);
        const sway = (Math.random() - 0.5) * 3;
        const moves = [
          { opacity: 0, transform: "translate(0, 0) scale(0.7)" },
          { opacity: 1, transform: `translate(${sway}em, -2em) scale(1)`, offset: 0.15 },
          { opacity: 0, transform: `translate(${-sway}em, -9em) scale(1)` },
        ];
        const rising = sign.animate(moves, { duration: RISE, delay: Math.random() * SPREAD, easing: "ease-out", fill: "both" });
        rising.onfinish = () => sign.remove();
      }
    }
  }

  private showNumbers(news: Reactions): void {
    const shown = document.createElement("span");
    shown.className = "burst-numbers";
    shown.textContent = KINDS.filter((kind) => news[kind])
      .map((kind) => `${SIGNS[kind]} ${formatNumber(news[kind] ?? 0)}`)
      .join("  ");
    this.firstElementChild?.replaceChildren(shown);
    window.setTimeout(() => shown.remove(), RISE);
  }

  private gather(news: Reactions): void {
    this.gathered = added(this.gathered, news);
    this.telling ||= window.setTimeout(() => {
      this.telling = 0;
      announce(inWords(this.gathered));
      this.gathered = {};
    }, ANNOUNCE_MS);
  }
}

function inWords(sum: Reactions): string {
  const words: Record<ReactionKind, (count: number) => string> = {
    applause: (count) => tn("%(count)s clap", "%(count)s claps", count),
    heart: (count) => tn("%(count)s heart", "%(count)s hearts", count),
    laugh: (count) => tn("%(count)s laugh", "%(count)s laughs", count),
    cheer: (count) => tn("%(count)s cheer", "%(count)s cheers", count),
  };
  return KINDS.filter((kind) => sum[kind])
    .map((kind) => words[kind](sum[kind] ?? 0))
    .join(", ");
}
