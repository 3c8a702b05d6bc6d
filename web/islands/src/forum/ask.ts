import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live as liveDirective } from "lit/directives/live.js";
import { t, tn } from "../i18n";
import { QUESTION_LENGTH, RoomController } from "../live/index";
import { may, session } from "./state/session";
import { say, toast } from "../shell/announce";
import { draft, givenBack, setDraft } from "../shell/drafts";
import { Island } from "../shell/island";
import { composes } from "../shell/keyboard";
import { notice } from "../shell/parts";
import { fault, wordsOf } from "../shell/refusal";

const NEAR = 100;

/** The form for asking, or the reason why asking is not possible. */
@customElement("plenary-ask")
export class Ask extends Island {
  @property() room = "";
  @property({ attribute: "sign-in" }) signIn = "";
  @state() private text = "";
  @state() private anonymous = false;
  @state() private open = false;
  @state() private sending = false;
  @state() private problem = "";
  private readonly followed = new RoomController(this, session, () => this.room);

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.text = draft(this.key);
    this.open = this.text !== "";
  }

  private get key(): string {
    return `${this.room}:ask`;
  }

  protected override render() {
    const state = this.followed.state;
    if (!state) return nothing;
    const { asking } = state.snapshot;
    if (asking.asking === "locked") {
      const over = state.snapshot.session.state === "ended";
      const words = over ? t("The session has ended. You can still read the questions.") : t("Asking is closed. You can still vote and read.");
      return html`${notice(html`<p>${words}</p>`, { symbol: "lock" })}${this.kept()}`;
    }
    if (!state.own.person) return html`<p class="join-in"><a class="button" href=${this.signIn}>${t("Sign in to ask and vote")}</a></p>`;
    if (state.own.silenced) {
      return html`${notice(html`<p>${t("A moderator has silenced you for a while. You can still read and vote.")}</p>`, { symbol: "silence" })}${this.kept()}`;
    }
    if (!may(state, "question.ask")) return notice(html`<p>${t("You can read here, but not ask.")}</p>`);
    const over = this.text.length > QUESTION_LENGTH;
    return html`
      ${asking.asking === "paused"
        ? notice(html`<p>${t("The list is paused. New questions reach the moderators and are shown later.")}</p>`, { symbol: "pause" })
        : nothing}
      <form class="ask" @submit=${this.submit} @focusin=${() => (this.open = true)}>
        <label class="visually-hidden" for="ask-text">${t("Your question")}</label>
        <textarea
          class="input ${this.open ? "" : "ask-closed"}"
          id="ask-text"
          rows=${this.open ? 3 : 1}
          placeholder=${t("Ask a question…")}
          aria-describedby="ask-count ask-fault"
          aria-invalid=${this.problem || over ? "true" : "false"}
          .value=${liveDirective(this.text)}
          @input=${this.typed}
          @keydown=${this.keyed}
        ></textarea>
        ${fault(this.problem, "ask-fault")}
        ${this.open
          ? html`${asking.anonymous
                ? html`<label class="check"
                    ><input type="checkbox" .checked=${liveDirective(this.anonymous)} @change=${this.masked} /><span
                      >${t("Ask anonymously")}<small class="soft">${t("Moderators can reveal who asked. Each reveal is recorded.")}</small></span
                    ></label
                  >`
                : nothing}
              <div class="ask-foot">
                <p class="faint">
                  ${this.text.length > QUESTION_LENGTH - NEAR
                    ? html`<span id="ask-count" class="counter ${over ? "counter-over" : ""}" role="status"
                        >${over
                          ? tn("%(count)s character too many", "%(count)s characters too many", this.text.length - QUESTION_LENGTH)
                          : tn("%(count)s character left", "%(count)s characters left", QUESTION_LENGTH - this.text.length)}</span
                      >`
                    : asking.review
                      ? t("A moderator reviews it first.")
                      : t("Everyone sees it immediately.")}
                </p>
                <button class="button button-primary" aria-disabled=${this.sending || over || !this.text.trim() ? "true" : "false"}>
                  ${this.sending ? t("Sending…") : t("Ask")}
                </button>
              </div>`
          : nothing}
      </form>
    `;
  }

  /** Asking was closed while the person was writing: the text remains, so that it can be copied. */
  private kept() {
    if (!this.text) return nothing;
    return html`<div class="field ask-kept"><label for="ask-kept">${t("Your draft")}</label><textarea id="ask-kept" readonly .value=${this.text}></textarea></div>`;
  }

  private typed(event: Event): void {
    this.problem = "";
    this.write((event.target as HTMLTextAreaElement).value);
  }

  private write(text: string): void {
    this.text = text;
    setDraft(this.key, text);
  }

  private masked(event: Event): void {
    this.anonymous = (event.target as HTMLInputElement).checked;
  }

  private keyed(event: KeyboardEvent): void {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || composes(event)) return;
    event.preventDefault();
    void this.submit(event);
  }

  private readonly submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const asking = this.followed.state?.snapshot.asking;
    if (this.sending || !this.text.trim() || this.text.length > QUESTION_LENGTH || !asking) return;
    this.sending = true;
    this.problem = "";
    const sent = this.text;
    this.write(""); // immediately: further input belongs to the next question
    try {
      const asked = await this.followed.send({ op: "question.ask", text: sent, anonymous: this.anonymous && asking.anonymous });
      this.open = this.text !== "" || this.contains(document.activeElement);
      const words = asked.state === "pending" ? t("Your question is with the moderators.") : t("Your question is shown to everyone.");
      toast(words, { kind: "", act: null });
    } catch (error) {
      this.write(givenBack(sent, this.text));
      this.problem = wordsOf(error);
      say(this.problem);
    } finally {
      this.sending = false;
    }
  };
}

