import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { t, tn } from "../../i18n";
import type { ModeratedQuestion } from "../../live/index";
import { mergeTargets } from "../state/queue";
import { votesOf, type SessionRoom } from "../state/session";
import { icon } from "../../shell/parts";
import { composes } from "../../shell/keyboard";
import { placeOf } from "./queue-row";

const SHOWN = 8;

/** Chooses the question into which a duplicate is merged: the most similar first, with search and arrow keys. */
@customElement("plenary-merge-chooser")
export class MergeChooser extends LitElement {
  @property({ attribute: false }) question!: ModeratedQuestion;
  @property({ attribute: false }) state!: SessionRoom;
  @property({ attribute: false }) chosen!: (target: ModeratedQuestion) => void;
  @property({ attribute: false }) cancelled!: () => void;
  @state() private search = "";
  @state() private at = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    this.querySelector<HTMLElement>("[data-first]")?.focus();
  }

  private get targets(): readonly ModeratedQuestion[] {
    return mergeTargets(this.state, this.question, this.search).slice(0, SHOWN);
  }

  protected override render() {
    const targets = this.targets;
    const at = Math.min(this.at, targets.length - 1);
    const target = targets[at];
    return html`<div class="stack stack-tight inquest-aside">
      <div class="field">
        <label for="merge-search">${t("Merge into")}</label>
        <input
          id="merge-search"
          data-first
          role="combobox"
          autocomplete="off"
          aria-expanded="true"
          aria-controls="merge-targets"
          aria-activedescendant=${target ? `merge-${target.id}` : nothing}
          placeholder=${t("Type to search, arrow keys to select, Enter to merge")}
          @input=${this.typed}
          @keydown=${this.keyed}
        />
      </div>
      <div id="merge-targets" class="merge-targets" role="listbox" aria-label=${t("Questions")}>
        ${targets.map(
          (each, index) => html`<div class="merge-target" role="option" id="merge-${each.id}" aria-selected=${index === at ? "true" : "false"} @click=${() => this.chosen(each)}>
            <span dir="auto">${each.text}</span>
            <span class="faint">${placeOf(each)} · ${tn("%(count)s vote", "%(count)s votes", votesOf(this.state, each.id))}</span>
          </div>`,
        )}
      </div>
      ${targets.length ? nothing : html`<p class="soft">${t("No matching question.")}</p>`}
      <p class="field-hint">${t("Votes are combined and never counted twice. The asker is notified. You can undo this.")}</p>
      <div class="form-actions">
        <button class="button button-primary" ?disabled=${!target} @click=${() => target && this.chosen(target)}>${icon("merge")}${t("Merge")}<kbd aria-hidden="true">Enter</kbd></button>
        <button class="button button-quiet" @click=${this.cancelled}>${t("Cancel")}<kbd aria-hidden="true">Esc</kbd></button>
      </div>
    </div>`;
  }

  private readonly typed = (event: Event): void => {
    this.search = (event.target as HTMLInputElement).value;
    this.at = 0;
  };

  private readonly keyed = (event: KeyboardEvent): void => {
    if (composes(event)) return;
    const { targets } = this;
    if (event.key === "ArrowDown") this.at = Math.min(this.at + 1, targets.length - 1);
    else if (event.key === "ArrowUp") this.at = Math.max(this.at - 1, 0);
    else if (event.key === "Escape") this.cancelled();
    else if (event.key === "Enter" && targets[this.at]) this.chosen(targets[this.at]!);
    else return;
    event.preventDefault();
    void this.updateComplete.then(() => this.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" }));
  };
}
