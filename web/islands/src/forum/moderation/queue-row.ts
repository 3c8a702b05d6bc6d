import { html, nothing } from "lit";
import { t, tn } from "../../i18n";
import type { ModeratedQuestion } from "../../live/index";
import { avatar, badge, clock, icon } from "../../shell/parts";
import type { Act } from "./acts";

const NAMED = 60; // characters of a question in the names of its buttons

export interface RowState {
  readonly votes: number;
  readonly selected: boolean;
  readonly onScreen: boolean;
  readonly answering: boolean;
  readonly busy: boolean;
  /** A colleague has moved it to another lane; it is shown until the moderator moves on. */
  readonly elsewhere: boolean;
  readonly me: string;
  /** Null: questions are not being selected. */
  readonly marked: boolean | null;
}

interface RowActs {
  readonly select: () => void;
  readonly act: (act: Act) => void;
  readonly mark: () => void;
  readonly quick: readonly Act[];
}

export function queueRow(question: ModeratedQuestion, how: RowState, { select, act, mark, quick }: RowActs) {
  const { votes, selected, onScreen, answering, busy, elsewhere, me, marked } = how;
  const claimer = question.claimed_by;
  return html`<div
    class="queue-row ${answering ? "queue-row-now" : ""} ${elsewhere ? "queue-row-elsewhere" : ""}"
    role="row"
    data-id=${question.id}
    tabindex=${selected ? 0 : -1}
    aria-selected=${selected ? "true" : "false"}
    aria-busy=${busy ? "true" : "false"}
    @click=${select}
  >
    <div class="queue-votes" role="gridcell">
      ${marked === null
        ? nothing
        : html`<input
            type="checkbox"
            tabindex="-1"
            aria-label=${t("Select: %(question)s", { question: question.text.slice(0, NAMED) })}
            .checked=${marked}
            @click=${(event: Event) => {
              event.stopPropagation();
              mark();
            }}
          />`}
      <span class="numbers">${votes}</span><span class="visually-hidden">${tn("vote", "votes", votes)}</span><span aria-hidden="true">${icon("up")}</span>
    </div>
    <div class="queue-main" role="gridcell">
      <p class="queue-text" dir="auto">${question.text}</p>
      <p class="queue-meta">
        ${answering ? badge(t("Now"), { tone: "amber", symbol: "talk" }) : nothing}
        ${onScreen ? badge(t("On screen"), { tone: "accent", symbol: "screen" }) : nothing}
        ${question.pinned ? badge(t("Pinned"), { tone: "accent", symbol: "pin" }) : nothing}
        ${question.held ? badge(t("Asked during the pause"), { symbol: "pause" }) : nothing}
        ${elsewhere ? badge(placeOf(question)) : nothing}
        ${question.labels.map((label) => html`<span class="label-chip" dir="auto">${label}</span>`)}
        <span dir="auto">${question.author?.name ?? t("Anonymous")}</span>
        ${clock(question.asked_at)}
        ${claimer
          ? html`<span class="queue-claim">${avatar(claimer.name, { small: true })}${claimer.id === me ? t("You are working on it") : t("%(name)s is working on it", { name: claimer.name })}</span>`
          : nothing}
      </p>
    </div>
    <div class="queue-quick" role="gridcell">
      ${quick.map(
        (each) => html`<button
          class="button button-quiet button-small button-icon"
          tabindex="-1"
          aria-label=${t("%(act)s: %(question)s", { act: each.label(), question: question.text.slice(0, NAMED) })}
          title="${each.label()} (${each.key})"
          @click=${(event: Event) => {
            event.stopPropagation();
            act(each);
          }}
        >
          ${icon(each.symbol)}
        </button>`,
      )}
    </div>
  </div>`;
}

export function placeOf(question: ModeratedQuestion): string {
  if (question.state === "pending") return t("Pending");
  if (question.state === "dismissed") return t("Dismissed");
  if (question.state === "withdrawn") return t("Withdrawn");
  if (question.state === "merged") return t("Merged");
  if (question.archived_at) return t("Archived");
  return question.answered_at ? t("Answered") : t("Approved");
}
