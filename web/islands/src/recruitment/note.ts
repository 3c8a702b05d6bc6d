import { LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { t } from "../i18n";
import { ProblemError, RoomController, type CandidateNoteView } from "../live/index";
import { lobby } from "../programme/state/lobby";
import { draft, setDraft } from "../shell/drafts";
import { wordsOf } from "../shell/refusal";

const PAUSE = 800;

/**
 * Saves a note about a candidate while it is typed, into the form that the server has rendered. What is not saved yet is kept in the tab,
 * so a reload loses nothing. When another window has saved a newer note, nothing is overwritten: its text is shown beside this one.
 */
@customElement("plenary-note")
export class CandidateNote extends LitElement {
  @property() room = "";
  @property() share = "";
  private readonly followed = new RoomController(this, lobby, () => this.room);
  private timer = 0;
  private saving = false;
  private dirty = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.restore();
    this.addEventListener("input", this.edited);
    this.addEventListener("submit", this.submitted);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.removeEventListener("input", this.edited);
    this.removeEventListener("submit", this.submitted);
  }

  /** Puts back what was typed before a reload and not saved. It was typed over a version of the note; if that is no longer the newest, the server says so. */
  private restore(): void {
    const [, version, kept] = /^(\d+) ([^]*)$/.exec(draft(this.key)) ?? [];
    if (version === undefined || kept === undefined || kept === this.value("text")) return;
    this.set("text", kept);
    this.set("version", version);
    this.edited();
  }

  private get key(): string {
    return `candidate-note:${this.share}`;
  }

  private readonly edited = (): void => {
    this.dirty = true;
    setDraft(this.key, `${this.value("version")} ${this.value("text")}`);
    this.say(t("Not saved yet"));
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), PAUSE);
  };

  private readonly submitted = (event: SubmitEvent): void => {
    event.preventDefault();
    clearTimeout(this.timer);
    this.dirty = true;
    void this.save();
  };

  /** After a lost connection, the command is sent again by itself. */
  private async save(): Promise<void> {
    if (this.saving || !this.followed.room) return;
    this.saving = true;
    while (this.dirty) {
      this.dirty = false;
      this.say(t("Saving…"));
      try {
        const said = { share: this.share, text: this.value("text"), rating: Number(this.value("rating")), next_step: this.value("next_step") };
        const { version } = await this.followed.send({ op: "candidate_note.save", ...said, version: Number(this.value("version")) });
        this.set("version", String(version));
        if (!this.dirty) {
          setDraft(this.key, "");
          this.say(t("Saved"));
        }
      } catch (error) {
        this.refused(error);
        break;
      }
    }
    this.saving = false;
  }

  private refused(error: unknown): void {
    const other = error instanceof ProblemError && error.code === "stale" ? (error.present as CandidateNoteView | null) : null;
    if (!other) {
      this.say(wordsOf(error));
      return;
    }
    this.set("version", String(other.version)); // saving again overrules knowingly
    this.say(t("Another window has saved this note: “%(text)s”. Take over what you need, then save.", { text: other.text }));
  }

  private field(name: string): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>(`[name="${name}"]`);
  }

  private value(name: string): string {
    return this.field(name)?.value ?? "";
  }

  private set(name: string, value: string): void {
    const field = this.field(name);
    if (field) field.value = value;
  }

  private say(text: string): void {
    const status = this.querySelector<HTMLElement>("[data-status]");
    if (status) status.textContent = text;
  }
}
