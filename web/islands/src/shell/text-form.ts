import { html, nothing, type ReactiveController } from "lit";
import { t } from "../i18n";
import { draft, givenBack, setDraft } from "./drafts";
import type { Island } from "./island";
import { composes } from "./keyboard";
import { Outbox } from "./outbox";

const PATIENCE = 5_000; // milliseconds; then the server's own form is sent, which needs no live connection

interface Sent {
  readonly text: string;
  readonly anonymous: boolean;
}

interface Options {
  /** Where the unsent text is kept. */
  key(): string;
  /** Whether this Enter sends the text. */
  sends(event: KeyboardEvent): boolean;
  may(text: string): boolean;
  send(sent: Sent): Promise<unknown>;
  refused(error: unknown): void;
}

/**
 * The text that a person writes into the form of an island. It is sent at once, or after those that are still under way, and it comes back into
 * the field if it is refused. The form that the server rendered is served too: its text waits until the island is ready.
 */
export class TextForm implements ReactiveController {
  text = "";
  private takenOver = false;
  private timer = 0;
  private readonly outbox = new Outbox<Sent>(
    (sent) => this.options.send(sent),
    (returned, error) => {
      this.giveBack(returned);
      this.options.refused(error);
    },
    () => this.host.requestUpdate(),
  );

  constructor(
    private readonly host: Island,
    private readonly options: Options,
  ) {
    host.addController(this);
  }

  /** How many texts are not acknowledged yet. */
  get waiting(): number {
    return this.outbox.size;
  }

  write(text: string): void {
    this.text = text;
    setDraft(this.options.key(), text);
    this.host.requestUpdate();
  }

  /** The text of a form that was closed while the person was writing: it remains, so that it can be copied. */
  kept() {
    if (!this.text) return nothing;
    const id = `kept-${this.options.key()}`;
    return html`<div class="field"><label for=${id}>${t("Your draft")}</label><textarea id=${id} readonly .value=${this.text}></textarea></div>`;
  }

  /** Puts the texts that are not under way yet back into the field. */
  recall(): void {
    this.giveBack(this.outbox.recall());
  }

  hostConnected(): void {
    this.host.addEventListener("keydown", this.keyed);
    this.host.addEventListener("submit", this.submitted);
  }

  hostDisconnected(): void {
    this.host.removeEventListener("keydown", this.keyed);
    this.host.removeEventListener("submit", this.submitted);
    window.clearTimeout(this.timer);
  }

  hostUpdate(): void {
    if (!this.takenOver) this.text = draft(this.options.key());
  }

  hostUpdated(): void {
    if (this.takenOver) return;
    this.takenOver = true;
    window.clearTimeout(this.timer);
    void this.outbox.drain();
  }

  private readonly keyed = (event: KeyboardEvent): void => {
    if (!(event.target instanceof HTMLTextAreaElement) || event.key !== "Enter" || composes(event) || !this.options.sends(event)) return;
    event.preventDefault();
    this.take(event.target);
  };

  private readonly submitted = (event: Event): void => {
    const field = (event.target as HTMLElement).querySelector("textarea");
    if (!field) return;
    event.preventDefault();
    this.take(field);
  };

  /** Takes the text out of its field immediately: further input belongs to the next one. */
  private take(field: HTMLTextAreaElement): void {
    const text = field.value;
    if (!text.trim() || !this.options.may(text)) return;
    this.outbox.add({ text, anonymous: field.form?.querySelector<HTMLInputElement>("[name=anonymous]")?.checked ?? false });
    field.value = "";
    this.write("");
    if (this.takenOver) void this.outbox.drain();
    else this.timer ||= window.setTimeout(() => this.post(field), PATIENCE);
  }

  private giveBack(sent: readonly Sent[]): void {
    if (sent.length) this.write(givenBack(sent.map(({ text }) => text).join("\n"), this.text));
  }

  /** No connection has come about: the first text goes to the server as a form, and the rest is kept for the next page. */
  private post(field: HTMLTextAreaElement): void {
    const [first, ...rest] = this.outbox.recall();
    if (!first || !field.form) return;
    setDraft(this.options.key(), [...rest.map(({ text }) => text), field.value].filter(Boolean).join("\n"));
    field.removeAttribute("data-draft");
    field.value = first.text;
    const box = field.form.querySelector<HTMLInputElement>("[name=anonymous]");
    if (box) box.checked = first.anonymous;
    field.form.submit();
  }
}
