import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live as liveDirective } from "lit/directives/live.js";
import { t, tn } from "../i18n";
import { QUESTION_LENGTH, RoomController } from "../live/index";
import { may, session } from "./state/session";
import { say, toast } from "../shell/announce";
import { Island } from "../shell/island";
import { notice } from "../shell/parts";
import { fault, wordsOf } from "../shell/refusal";
import { TextForm } from "../shell/text-form";

const NEAR = 100;

/** The form for asking, or the reason why asking is not possible. */
@customElement("plenary-ask")
export class Ask extends Island {
  @property() room = "";
  @property({ attribute: "sign-in" }) signIn = "";
  @state() private anonymous = false;
  @state() private open = false;
  @state() private problem = "";
  private readonly followed = new RoomController(this, session, () => this.room);
  private readonly form = new TextForm(this, {
    key: () => `${this.room}:ask`,
    sends: (event) => event.ctrlKey || event.metaKey,
    may: (text) => text.length <= QUESTION_LENGTH,
    send: ({ text, anonymous }) => this.ask(text, anonymous),
    refused: (error) => {
      this.problem = wordsOf(error);
      say(this.problem);
    },
  });

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("change", this.masked);
    this.masked();
  }

  protected override render() {
    const state = this.followed.state;
    if (!state) return nothing;
    const { asking } = state.snapshot;
    if (asking.asking === "locked") {
      const over = state.snapshot.session.state === "ended";
      const words = over ? t("The session has ended. You can still read the questions.") : t("Asking is closed. You can still vote and read.");
      return html`${notice(html`<p>${words}</p>`, { symbol: "lock" })}${this.form.kept()}`;
    }
    if (!state.own.person) return html`<p class="join-in"><a class="button" href=${this.signIn}>${t("Sign in to ask and vote")}</a></p>`;
    if (state.own.silenced) {
      return html`${notice(html`<p>${t("A moderator has silenced you for a while. You can still read and vote.")}</p>`, { symbol: "silence" })}${this.form.kept()}`;
    }
    if (!may(state, "question.ask")) return notice(html`<p>${t("You can read here, but not ask.")}</p>`);
    const over = this.form.text.length > QUESTION_LENGTH;
    const open = this.open || this.form.text !== "";
    return html`
      ${asking.asking === "paused"
        ? notice(html`<p>${t("The list is paused. New questions reach the moderators and are shown later.")}</p>`, { symbol: "pause" })
        : nothing}
      <form class="ask" @focusin=${() => (this.open = true)}>
        <label class="visually-hidden" for="ask-text">${t("Your question")}</label>
        <textarea
          class="input ${open ? "" : "ask-closed"}"
          id="ask-text"
          rows=${open ? 3 : 1}
          placeholder=${t("Ask a question…")}
          aria-describedby="ask-count ask-fault"
          aria-invalid=${this.problem || over ? "true" : "false"}
          .value=${liveDirective(this.form.text)}
          @input=${this.typed}
        ></textarea>
        ${fault(this.problem, "ask-fault")}
        ${open
          ? html`${asking.anonymous
                ? html`<label class="check"
                    ><input type="checkbox" name="anonymous" .checked=${liveDirective(this.anonymous)} /><span
                      >${t("Ask anonymously")}<small class="soft">${t("Moderators can reveal who asked. Each reveal is recorded.")}</small></span
                    ></label
                  >`
                : nothing}
              <div class="ask-foot">
                <p class="faint">
                  ${this.form.text.length > QUESTION_LENGTH - NEAR
                    ? html`<span id="ask-count" class="counter ${over ? "counter-over" : ""}" role="status"
                        >${over
                          ? tn("%(count)s character too many", "%(count)s characters too many", this.form.text.length - QUESTION_LENGTH)
                          : tn("%(count)s character left", "%(count)s characters left", QUESTION_LENGTH - this.form.text.length)}</span
                      >`
                    : asking.review
                      ? t("A moderator reviews it first.")
                      : t("Everyone sees it immediately.")}
                </p>
                <button class="button button-primary" aria-disabled=${over || !this.form.text.trim() ? "true" : "false"}>
                  ${this.form.waiting && !this.form.text ? t("Sending…") : t("Ask")}
                </button>
              </div>`
          : nothing}
      </form>
    `;
  }

  private typed(event: Event): void {
    this.problem = "";
    this.form.write((event.target as HTMLTextAreaElement).value);
  }

  private readonly masked = (): void => {
    this.anonymous = this.querySelector<HTMLInputElement>("[name=anonymous]")?.checked ?? false;
  };

  private async ask(text: string, anonymous: boolean): Promise<void> {
    this.problem = "";
    const asked = await this.followed.send({ op: "question.ask", text, anonymous });
    this.open = this.contains(document.activeElement);
    const words = asked.state === "pending" ? t("Your question is with the moderators.") : t("Your question is shown to everyone.");
    toast(words, { kind: "", act: null });
  }
}
