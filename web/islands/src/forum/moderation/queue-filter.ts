import { html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { t } from "../../i18n";
import { counts, labelsOf, type Filter, type Lane, type QueueSort } from "../state/queue";
import type { SessionRoom } from "../state/session";
import { icon } from "../../shell/parts";

export const SHOWN_LANES: readonly Lane[] = ["pending", "approved", "answered", "archived", "dismissed", "merged"];

export function laneName(lane: Lane): string {
  return {
    pending: t("Pending"),
    approved: t("Approved"),
    answered: t("Answered"),
    archived: t("Archived"),
    dismissed: t("Dismissed"),
    merged: t("Merged"),
    withdrawn: t("Withdrawn"),
  }[lane];
}

/** The lanes of the queue and a moderator's own filters. */
@customElement("plenary-queue-filter")
export class QueueFilter extends LitElement {
  @property({ attribute: false }) state!: SessionRoom;
  @property({ attribute: false }) filter!: Filter;
  @property({ attribute: false }) changed!: (changes: Partial<Filter>) => void;
  @property({ attribute: false }) chosen!: (lane: Lane) => void;
  /** Whether several questions are being selected. */
  @property({ type: Boolean }) marking = false;
  @property({ attribute: false }) mark!: (on: boolean) => void;
  /** From the search back to the queue. */
  @property({ attribute: false }) done!: () => void;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const tally = counts(this.state, this.filter);
    const labels = labelsOf(this.state);
    const sorts: readonly (readonly [QueueSort, string])[] = [
      ["", t("Usual order")],
      ["votes", t("Most votes")],
      ["newest", t("Newest")],
      ["oldest", t("Waiting longest")],
    ];
    return html`
      <div class="lanes" role="group" aria-label=${t("Queue sections")}>
        ${SHOWN_LANES.map(
          (lane, index) => html`<button class="lane" aria-pressed=${lane === this.filter.lane ? "true" : "false"} aria-keyshortcuts=${index + 1} @click=${() => this.chosen(lane)}>
            <span>${laneName(lane)}</span><span class="count ${lane === "pending" && tally[lane] ? "count-new" : ""}">${tally[lane]}</span>
          </button>`,
        )}
      </div>
      <div class="console-filter">
        <label class="visually-hidden" for="queue-search">${t("Search the queue")}</label>
        <div class="console-search">
          <div class="search">
            ${icon("search")}<input id="queue-search" class="input" type="search" placeholder=${t("Search")} .value=${this.filter.search} @input=${this.search} @keydown=${this.searchKeyed} />
          </div>
          <button class="button button-small" aria-pressed=${this.marking ? "true" : "false"} @click=${() => this.mark(!this.marking)}>${this.marking ? t("Done") : t("Select")}</button>
        </div>
        ${labels.length
          ? html`<label class="visually-hidden" for="queue-label">${t("Label")}</label>
              <select id="queue-label" class="input" @change=${this.chooseLabel}>
                <option value="">${t("All labels")}</option>
                ${labels.map(({ label, count }) => html`<option value=${label} ?selected=${label === this.filter.label}>${label} (${count})</option>`)}
              </select>`
          : nothing}
        <label class="visually-hidden" for="queue-claim">${t("Claimed by")}</label>
        <select id="queue-claim" class="input" @change=${this.chooseClaim}>
          <option value="any">${t("Anyone's")}</option>
          <option value="mine" ?selected=${this.filter.claim === "mine"}>${t("Mine")}</option>
          <option value="none" ?selected=${this.filter.claim === "none"}>${t("Nobody's")}</option>
        </select>
        <label class="visually-hidden" for="queue-sort">${t("Sort by")}</label>
        <select id="queue-sort" class="input" @change=${this.chooseSort}>
          ${sorts.map(([sort, name]) => html`<option value=${sort} ?selected=${sort === this.filter.sort}>${name}</option>`)}
        </select>
      </div>
    `;
  }

  private readonly search = (event: Event) => this.changed({ search: (event.target as HTMLInputElement).value });
  private readonly chooseLabel = (event: Event) => this.changed({ label: (event.target as HTMLSelectElement).value || null });
  private readonly chooseClaim = (event: Event) => this.changed({ claim: (event.target as HTMLSelectElement).value as Filter["claim"] });

  private readonly chooseSort = (event: Event) => this.changed({ sort: (event.target as HTMLSelectElement).value as QueueSort });

  private readonly searchKeyed = (event: KeyboardEvent): void => {
    if (event.key === "Escape") this.changed({ search: "" });
    else if (event.key !== "Enter") return;
    event.preventDefault();
    this.done();
  };
}

/** Why no question is shown. */
export function nothingIn({ lane, label, claim, search }: Filter): string {
  if (search || label || claim !== "any") return t("No results for this filter.");
  return lane === "pending" ? t("All clear. New questions appear here.") : t("Nothing here yet.");
}
