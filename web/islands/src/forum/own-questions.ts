import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { t } from "../i18n";
import { QUESTION_LENGTH, RoomController, type OwnQuestion, type RoomEvent } from "../live/index";
import { linked } from "../shell/addresses";
import { may, session } from "./state/session";
import { say } from "../shell/announce";
import { draft, setDraft } from "../shell/drafts";
import { Island } from "../shell/island";
import { badge, icon } from "../shell/parts";
import { fault, toastRefusal, wordsOf } from "../shell/refusal";

const FEW = 2; // more of them are folded up, so that everyone's questions stay in sight; web/templates/forum/session.html, too

/** A person's own questions and their states. */
@customElement("plenary-own-questions")
export class OwnQuestions extends Island {
  @property() room = "";
  @state() private editing = "";
  @state() private problem = "";
  private few: boolean | null = null; // at first; the person opens and closes the list afterwards
  private readonly followed = new RoomController(this, session, () => this.room, { onEvent: (event) => this.happened(event) });

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  private happened(event: RoomEvent): void {
    if (event.type !== "question.own") return;
    const { words } = this.standing(event.question);
    say(t("Your question: %(state)s", { state: words }));
  }

  protected override render() {
    const questions = this.followed.state?.own.questions ?? [];
    this.few ??= questions.length <= FEW;
    if (questions.length === 0) return nothing;
    const newest = [...questions].sort((a, b) => b.asked_at.localeCompare(a.asked_at));
    return html`<details class="own-questions" ?open=${this.few}>
      <summary class="panel-subtitle" id="heading-own">${t("Your questions")} <span class="count">${questions.length}</span></summary>
      <ul role="list">
        ${repeat(newest, ({ id }) => id, (question) => this.question(question))}
      </ul>
    </details>`;
  }

  private standing(question: OwnQuestion): { words: string; tone: string; symbol: string } {
    if (question.state === "pending") return { words: t("Waiting for a moderator"), tone: "", symbol: "clock" };
    if (question.state === "withdrawn") return { words: t("Withdrawn"), tone: "", symbol: "" };
    if (question.state === "dismissed") return { words: t("Not taken"), tone: "red", symbol: "" };
    if (question.state === "merged") return { words: t("Merged with another question"), tone: "accent", symbol: "merge" };
    if (question.id === this.followed.state?.snapshot.answering) return { words: t("Being answered now"), tone: "amber", symbol: "talk" };
    if (question.answered_at) return { words: t("Answered"), tone: "green", symbol: "check" };
    return { words: t("Shown to everyone"), tone: "accent", symbol: "check" };
  }

  private question(question: OwnQuestion) {
    const { words, tone, symbol } = this.standing(question);
    const open = (question.state === "pending" || question.state === "approved") && !question.answered_at;
    return html`<li class="own-question">
      ${this.editing === question.id
        ? this.editor(question)
        : html`<p class="question-text pre" dir="auto">${linked(question.text)}</p>`}
      <p class="question-meta">${badge(words, { tone, symbol })}${question.anonymous ? html`<span>${t("asked anonymously")}</span>` : nothing}</p>
      ${question.original && question.original !== question.text
        ? html`<p class="faint">${t("A moderator has edited it. You wrote: “%(text)s”", { text: question.original })}</p>`
        : nothing}
      ${question.into_text ? html`<p class="faint">${t("Your vote now counts for: “%(text)s”", { text: question.into_text })}</p>` : nothing}
      ${question.reason ? html`<p class="faint">${t("Reason: %(reason)s", { reason: question.reason })}</p>` : nothing}
      ${question.answer
        ? html`<div class="answer">
            <p class="answer-by">${question.answer_public ? t("Answer") : t("Answer only to you")}</p>
            <p class="pre" dir="auto">${question.answer}</p>
          </div>`
        : nothing}
      ${open && this.editing !== question.id ? this.acts(question) : nothing}
    </li>`;
  }

  private acts(question: OwnQuestion) {
    const state = this.followed.state;
    if (!state) return nothing;
    return html`<div class="own-question-acts">
      ${may(state, "question.revise")
        ? html`<button class="button button-quiet button-small" @click=${() => this.edit(question)}>${icon("edit")}${t("Edit")}</button>`
        : nothing}
      ${may(state, "question.withdraw")
        ? html`<button class="button button-quiet button-small" @click=${() => this.withdraw(question)}>${t("Withdraw")}</button>`
        : nothing}
    </div>`;
  }

  private editor(question: OwnQuestion) {
    const key = `${this.room}:revise:${question.id}`;
    return html`<form class="stack stack-tight" @submit=${(event: Event) => this.save(event, question, key)}>
      <label class="visually-hidden" for="revise-text">${t("Your question")}</label>
      <textarea
        class="input"
        id="revise-text"
        maxlength=${QUESTION_LENGTH}
        .value=${draft(key) || question.text}
        aria-describedby="revise-fault"
        @input=${(event: Event) => setDraft(key, (event.target as HTMLTextAreaElement).value)}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key === "Escape") this.close(key);
        }}
      ></textarea>
      ${fault(this.problem, "revise-fault")}
      <div class="form-actions">
        <button class="button button-small button-primary">${t("Save")}</button>
        <button type="button" class="button button-small button-quiet" @click=${() => this.close(key)}>${t("Cancel")}</button>
      </div>
    </form>`;
  }

  private edit(question: OwnQuestion): void {
    this.editing = question.id;
    this.problem = "";
    void this.focusOn("#revise-text");
  }

  private close(key: string): void {
    setDraft(key, "");
    this.editing = "";
  }

  private async save(event: Event, question: OwnQuestion, key: string): Promise<void> {
    event.preventDefault();
    const text = this.querySelector<HTMLTextAreaElement>("#revise-text")?.value ?? "";
    try {
      await this.followed.send({ op: "question.revise", question: question.id, text });
      this.close(key);
    } catch (error) {
      this.problem = wordsOf(error);
    }
  }

  private async withdraw(question: OwnQuestion): Promise<void> {
    try {
      await this.followed.send({ op: "question.withdraw", question: question.id });
    } catch (error) {
      toastRefusal(error);
    }
  }
}
