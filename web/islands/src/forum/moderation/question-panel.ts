import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live as liveDirective } from "lit/directives/live.js";
import { t, tn } from "../../i18n";
import { ANSWER_LENGTH, live, ProblemError, QUESTION_LENGTH, type Command, type ModeratedQuestion } from "../../live/index";
import { linked } from "../../shell/addresses";
import { labelsOf } from "../state/queue";
import { session, type SessionRoom } from "../state/session";
import { confirmed } from "../../shell/confirm";
import { draft, setDraft } from "../../shell/drafts";
import { avatar, clock, icon, notice } from "../../shell/parts";
import { fault, toastRefusal, wordsOf } from "../../shell/refusal";
import { composes } from "../../shell/keyboard";
import { edited, labelled, places, undone, type Act } from "./acts";
import type { ModerationDesk } from "./desk";
import "./merge-chooser";
import { questionActs } from "./question-acts";
import { duplicates, facts, likely, standing, type PanelMode } from "./question-facts";

/** The selected question with its facts and all actions. Input is kept when a command is refused. */
@customElement("plenary-question-panel")
export class QuestionPanel extends LitElement {
  @property({ attribute: false }) question!: ModeratedQuestion;
  @property({ attribute: false }) state!: SessionRoom;
  @property({ attribute: false }) desk!: ModerationDesk;
  @property({ attribute: false }) mode: PanelMode = "read";
  @property({ attribute: false }) note = "";
  @property({ attribute: false }) modeChanged!: (mode: PanelMode) => void;
  @property({ attribute: false }) acted!: (act: Act) => void;
  @property({ attribute: false }) choose!: (id: string) => void;
  /** The question leaves its lane, if this succeeds. */
  @property({ attribute: false }) leaving!: (question: ModeratedQuestion, done: Promise<boolean>) => Promise<void>;
  @state() private text = "";
  @state() private isPublic = true;
  @state() private problem = "";
  @state() private asker = ""; // once revealed
  private base = 0; // the version that the open form began with

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const other = changed.has("question") && changed.get("question")?.id !== this.question.id;
    if (other) this.asker = "";
    if (!other && !changed.has("mode")) return;
    this.problem = "";
    this.base = this.question.version;
    this.isPublic = this.question.answer ? this.question.answer_public : this.question.state === "approved";
    const begun = { edit: this.question.text, answer: this.question.answer ?? "", label: this.question.labels.join(", "), dismiss: "", merge: "", read: "" };
    this.text = draft(this.key) || begun[this.mode];
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("mode") && this.mode !== "read") this.querySelector<HTMLElement>("[data-first]")?.focus();
  }

  private get key(): string {
    return `${this.mode}:${this.question.id}`;
  }

  // Drawing.

  protected override render() {
    const { question, state } = this;
    return html`<article class="inquest" aria-busy=${this.desk.busy.has(question.id) ? "true" : "false"}>
      ${this.note ? html`<div class="inquest-note">${notice(html`<p>${this.note}</p>`, { kind: "warning", symbol: "info" })}</div>` : nothing}
      ${standing(question, state)}
      ${this.mode === "edit" ? this.editor() : html`<h2 class="inquest-text pre" dir="auto">${linked(question.text)}</h2>`}
      <p class="inquest-meta">
        ${question.author
          ? html`${avatar(question.author.name, { small: true })}<span dir="auto">${question.author.name}</span>`
          : html`${icon("mask")}<span>${this.asker || t("Anonymous")}</span>${this.asker
                ? nothing
                : html`<button class="button button-quiet button-small" @click=${this.reveal}>${t("Reveal who asked")}</button>`}`}
        ${clock(question.asked_at)}
        ${question.claimed_by
          ? html`<span class="queue-claim">${avatar(question.claimed_by.name, { small: true })}${question.claimed_by.id === this.desk.around.me ? t("You are working on it") : t("%(name)s is working on it", { name: question.claimed_by.name })}</span>`
          : nothing}
        ${question.decided_by ? html`<span class="faint">${t("last changed by %(name)s", { name: question.decided_by })}</span>` : nothing}
      </p>
      ${facts(question, state, this.mode, this.choose)}
      ${this.form()} ${this.mode === "read" ? questionActs(question, this.desk.around, this.acted, this.modeChanged) : nothing} ${duplicates(question, state, this.choose)}
      ${this.mode === "read" ? likely(question, state, this.choose, (target) => this.merge(target)) : nothing}
    </article>`;
  }

  private form() {
    if (this.mode === "answer") return this.answer();
    if (this.mode === "label") return this.labels();
    if (this.mode === "dismiss") return this.dismissal();
    if (this.mode === "merge") {
      return html`<plenary-merge-chooser
        .question=${this.question}
        .state=${this.state}
        .chosen=${(target: ModeratedQuestion) => this.merge(target)}
        .cancelled=${() => this.modeChanged("read")}
      ></plenary-merge-chooser>`;
    }
    return nothing;
  }

  private field(id: string, label: string, limit: number, rows = 4) {
    const over = this.text.length > limit;
    return html`<div class="field">
      <label for=${id}>${label}</label>
      <textarea
        id=${id}
        data-first
        rows=${rows}
        dir="auto"
        aria-describedby="${id}-count ${id}-fault"
        aria-invalid=${this.problem || over ? "true" : "false"}
        .value=${liveDirective(this.text)}
        @input=${this.typed}
        @keydown=${this.formKeyed}
      ></textarea>
      <span class="counter ${over ? "counter-over" : ""}" id="${id}-count">${this.text.length} / ${limit}</span>
      ${fault(this.problem, `${id}-fault`)}
    </div>`;
  }

  private foot(verb: string, submit: () => void) {
    const changed = this.question.version !== this.base;
    return html`
      ${changed
        ? notice(
            html`<p>${this.question.decided_by ? t("%(name)s has changed this question. It now reads:", { name: this.question.decided_by }) : t("This question has changed. It now reads:")}</p>
              <p class="pre" dir="auto"><strong>${this.question.text}</strong></p>`,
            { kind: "warning", symbol: "alert" },
          )
        : nothing}
      <div class="form-actions">
        <button type="button" class="button button-primary" @click=${submit}>${changed ? t("Save my version") : verb}</button>
        <button type="button" class="button button-quiet" @click=${this.cancel}>${t("Cancel")}<kbd aria-hidden="true">Esc</kbd></button>
      </div>
    `;
  }

  private editor() {
    return html`<div class="stack stack-tight">
      ${this.field("edit-text", t("The question, edited"), QUESTION_LENGTH)}
      <p class="field-hint">${t("The asker sees the edit; the original is kept.")}</p>
      ${this.foot(t("Save"), () => void this.saveEdit())}
    </div>`;
  }

  private answer() {
    const { question } = this;
    const canBePublic = question.state === "approved";
    const isPublic = this.isPublic && canBePublic;
    const readers = this.state.latest.present?.[""]?.count ?? 0;
    return html`<div class="stack stack-tight inquest-aside">
      ${this.field("answer-text", t("Answer in writing"), ANSWER_LENGTH)}
      <div class="segments" role="group" aria-label=${t("Visible to")}>
        <button type="button" aria-pressed=${isPublic ? "false" : "true"} @click=${() => (this.isPublic = false)}>${icon("person")}${t("Only the asker")}</button>
        <button type="button" aria-pressed=${isPublic ? "true" : "false"} ?disabled=${!canBePublic} @click=${() => (this.isPublic = true)}>${icon("people")}${t("Everyone")}</button>
      </div>
      <p class="field-hint">
        ${isPublic
          ? tn("Everyone reads it below the question: %(count)s person is here now.", "Everyone reads it below the question: %(count)s people are here now.", readers)
          : question.author
            ? t("Only %(name)s sees it, in their own questions.", { name: question.author.name })
            : t("Only the asker sees it. You do not learn who asked.")}
        ${canBePublic ? nothing : t("To answer for everyone, approve the question first.")}
      </p>
      ${this.foot(isPublic ? t("Answer to everyone") : t("Answer only to the asker"), () => void this.saveAnswer())}
    </div>`;
  }

  private labels() {
    const known = labelsOf(this.state).map(({ label }) => label);
    const chosen = split(this.text);
    return html`<div class="stack stack-tight inquest-aside">
      <div class="field">
        <label for="label-text">${t("Labels, separated by commas")}</label>
        <input id="label-text" data-first .value=${liveDirective(this.text)} aria-describedby="label-text-fault" @input=${this.typed} @keydown=${this.formKeyed} />
        ${fault(this.problem, "label-text-fault")}
      </div>
      ${known.length
        ? html`<div class="row">
            ${known.map((label) => {
              const on = chosen.includes(label);
              return html`<button type="button" class="label-chip" aria-pressed=${on ? "true" : "false"} @click=${() => this.retext((on ? chosen.filter((each) => each !== label) : [...chosen, label]).join(", "))}>${label}</button>`;
            })}
          </div>`
        : nothing}
      ${this.foot(t("Save"), () => void this.saveLabels())}
    </div>`;
  }

  private dismissal() {
    const reasons = [t("Off topic"), t("Already answered"), t("Please phrase it as a question"), t("Not civil")];
    return html`<div class="stack stack-tight inquest-aside">
      <div class="field">
        <label for="reason-text">${t("Reason (only the asker sees it)")}</label>
        <input id="reason-text" data-first maxlength="300" .value=${liveDirective(this.text)} @input=${this.typed} @keydown=${this.formKeyed} />
        ${fault(this.problem, "reason-text-fault")}
      </div>
      <div class="row">${reasons.map((reason) => html`<button type="button" class="label-chip" @click=${() => this.retext(reason)}>${reason}</button>`)}</div>
      ${this.foot(t("Dismiss"), () => void this.saveDismissal())}
    </div>`;
  }

  // Typing.

  private retext(text: string): void {
    this.text = text;
    setDraft(this.key, text);
    this.querySelector<HTMLElement>("[data-first]")?.focus();
  }

  private readonly typed = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value;
    this.problem = "";
    setDraft(this.key, this.text);
  };

  private readonly formKeyed = (event: KeyboardEvent): void => {
    if (composes(event)) return;
    const line = event.target instanceof HTMLInputElement;
    if (event.key === "Escape") {
      event.preventDefault();
      this.cancel();
    } else if (event.key === "Enter" && (line || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.querySelector<HTMLElement>(".form-actions .button-primary")?.click();
    }
  };

  private readonly cancel = (): void => {
    setDraft(this.key, "");
    this.modeChanged("read");
  };

  // Saving: each form is sent for the version it started with or, after confirmation, for the current one.

  private async save(command: (question: ModeratedQuestion) => Command, said: string, undo: Parameters<ModerationDesk["remember"]>[2], leaves = false): Promise<void> {
    const shown = this.question;
    const version = this.base;
    this.base = shown.version;
    try {
      await this.desk.send(shown, command({ ...shown, version: version === shown.version ? version : shown.version }));
      setDraft(this.key, "");
      this.desk.remember(shown.id, said, undo);
      if (leaves) void this.leaving(shown, Promise.resolve(true));
      if (this.question.id === shown.id) this.modeChanged("read");
    } catch (error) {
      this.base = version;
      const present = error instanceof ProblemError && error.code === "stale";
      this.problem = present ? t("Someone else saved first. Your text is kept. Check the current version, then save again.") : wordsOf(error);
    }
  }

  private async saveEdit(): Promise<void> {
    const before = this.question.text;
    await this.save(edited(this.text), t("Edited"), [edited(before)]);
  }

  private async saveAnswer(): Promise<void> {
    const isPublic = this.isPublic && this.question.state === "approved";
    await this.save(({ id, version }) => ({ op: "question.answer", question: id, version, text: this.text, public: isPublic }), t("Answered"), []);
  }

  private async saveLabels(): Promise<void> {
    await this.save(labelled(split(this.text)), t("Labels saved"), [labelled(this.question.labels)]);
  }

  private async saveDismissal(): Promise<void> {
    const before = this.question;
    const back = before.state === "approved" ? ("question.approve" as const) : ("question.restore" as const);
    const undo = [({ id, version }: ModeratedQuestion): Command => ({ op: back, question: id, version }), ...places(before, this.desk.around)];
    await this.save(({ id, version }) => ({ op: "question.dismiss", question: id, version, reason: this.text }), t("Dismissed"), before.state === "approved" ? undo : undo.slice(0, 1), true);
  }

  private merge(target: ModeratedQuestion): void {
    const before = this.question;
    const undo = before.pinned ? [undone.unmerge, undone.pin] : [undone.unmerge];
    const merged = this.desk.do(before, ({ id, version }) => ({ op: "question.merge", question: id, version, into: target.id }), undo, t("Merged"));
    this.desk.begun(merged);
    this.modeChanged("read"); // immediately, so that the next key works
    void this.leaving(before, merged);
  }

  private readonly reveal = async (): Promise<void> => {
    const { id } = this.question;
    if (!(await confirmed(t("See who asked? Only you will see the name, and the reveal is recorded."), t("Reveal")))) return;
    try {
      const room = live().room(this.room, session);
      const { person } = await room.send({ op: "question.unmask", question: id });
      if (this.question.id === id) this.asker = person.name;
    } catch (error) {
      toastRefusal(error);
    }
  };

  private get room(): string {
    return this.closest<HTMLElement & { room: string }>("plenary-console")?.room ?? "";
  }
}

function split(text: string): string[] {
  return [...new Set(text.split(/[,，、]/).map((label) => label.trim()).filter(Boolean))];
}
