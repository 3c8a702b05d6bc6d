import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { t } from "../../i18n";
import { live, POLL_TITLE_LENGTH, type Command, type PollKind, type PollView } from "../../live/index";
import { session } from "../state/session";
import { say } from "../../shell/announce";
import { fault, wordsOf } from "../../shell/refusal";

export function kindNames(): Readonly<Record<PollKind, string>> {
  return {
    single: t("One of several"),
    multiple: t("Several of them"),
    rating: t("A rating from 1 to 5"),
    text: t("A text"),
    cloud: t("Words, as a cloud"),
  };
}

/** The form for a new poll, or for one that nobody has answered yet. */
@customElement("plenary-poll-form")
export class PollForm extends LitElement {
  @property() room = "";
  @property({ attribute: false }) poll: PollView | null = null;
  @property({ attribute: false }) done: () => void = () => undefined;
  @state() private kind: PollKind = "single";
  @state() private problem = "";

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.kind = this.poll?.kind ?? "single";
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("input")?.focus());
  }

  protected override render() {
    const id = this.poll?.id ?? "new";
    const chooses = this.kind === "single" || this.kind === "multiple";
    return html`<form class="stack stack-tight" @submit=${this.save} @keydown=${this.keyed}>
      <div class="field">
        <label for="poll-title-${id}">${t("What do you ask?")}</label>
        <input id="poll-title-${id}" name="title" required maxlength=${POLL_TITLE_LENGTH} .value=${this.poll?.title ?? ""} aria-describedby="poll-fault-${id}" />
      </div>
      <div class="field">
        <label for="poll-kind-${id}">${t("How is it answered?")}</label>
        <select id="poll-kind-${id}" name="kind" @change=${(event: Event) => (this.kind = (event.target as HTMLSelectElement).value as PollKind)}>
          ${Object.entries(kindNames()).map(([kind, name]) => html`<option value=${kind} ?selected=${kind === this.kind}>${name}</option>`)}
        </select>
      </div>
      ${chooses
        ? html`<div class="field">
            <label for="poll-options-${id}">${t("Options, one on each line")}</label>
            <textarea id="poll-options-${id}" name="options" rows="4" .value=${this.poll?.options.join("\n") ?? ""}></textarea>
          </div>`
        : nothing}
      ${this.poll
        ? nothing
        : html`<label class="check"
            ><input type="checkbox" role="switch" name="live" /><span
              >${t("Show results while it is open")}<small class="soft">${t("Otherwise everyone sees them once it is closed.")}</small></span
            ></label
          >`}
      ${fault(this.problem, `poll-fault-${id}`)}
      <div class="row">
        <button class="button button-small button-primary">${this.poll ? t("Save") : t("Save as a draft")}</button>
        <button type="button" class="button button-small button-quiet" @click=${this.done}>${t("Cancel")}</button>
      </div>
    </form>`;
  }

  private readonly keyed = (event: KeyboardEvent): void => {
    if (event.key === "Escape") this.done();
  };

  private readonly save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const text = (name: string) => (form.get(name) as string | null) ?? "";
    const wording = { kind: this.kind, title: text("title"), options: text("options").split("\n").filter((line) => line.trim()) };
    const command: Command = this.poll
      ? { op: "poll.edit", poll: this.poll.id, version: this.poll.version, ...wording }
      : { op: "poll.draft", ...wording, reveal: form.has("live") ? "live" : "closed" };
    this.problem = "";
    try {
      await live().room(this.room, session).send(command as Extract<Command, { op: "poll.draft" }>);
      this.done();
    } catch (error) {
      this.problem = wordsOf(error);
      say(this.problem);
    }
  };
}
