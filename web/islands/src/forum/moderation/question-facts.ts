import { html, nothing } from "lit";
import { t, tn } from "../../i18n";
import type { ModeratedQuestion } from "../../live/index";
import { alike, duplicatesOf, mergeTargets } from "../state/queue";
import { moderated, votesOf, type SessionRoom } from "../state/session";
import { badge, icon } from "../../shell/parts";
import { placeOf } from "./queue-row";

/** The form or action in progress for the question. */
export type PanelMode = "read" | "edit" | "answer" | "label" | "merge" | "dismiss";

const LIKELY = 3;
const ALIKE = 0.25; // unrelated questions rarely share a quarter of their words

type Choose = (id: string) => void;

/** The state of the question, in one line. */
export function standing(question: ModeratedQuestion, state: SessionRoom) {
  return html`<p class="inquest-meta">
    ${badge(placeOf(question), { tone: question.state === "approved" ? "accent" : question.state === "dismissed" ? "red" : "" })}
    ${state.snapshot.answering === question.id ? badge(t("Being answered now"), { tone: "amber", symbol: "talk" }) : nothing}
    ${state.snapshot.screen === question.id ? badge(t("On screen"), { tone: "accent", symbol: "screen" }) : nothing}
    ${question.pinned ? badge(t("Pinned"), { tone: "accent", symbol: "pin" }) : nothing}
    <span>${tn("%(count)s vote", "%(count)s votes", votesOf(state, question.id))}</span>
  </p>`;
}

/** Further facts, without those that a form already shows. */
export function facts(question: ModeratedQuestion, state: SessionRoom, mode: PanelMode, choose: Choose) {
  const into = question.into ? moderated(state, question.into) : null;
  return html`
    ${question.labels.length && mode !== "label"
      ? html`<p class="row">${question.labels.map((label) => html`<span class="label-chip" dir="auto">${label}</span>`)}</p>`
      : nothing}
    ${question.original && question.original !== question.text
      ? html`<div class="inquest-aside"><p class="label">${t("Original wording")}</p><p class="pre soft" dir="auto">${question.original}</p></div>`
      : nothing}
    ${question.reason ? html`<p class="soft">${t("Reason: %(reason)s", { reason: question.reason })}</p>` : nothing}
    ${into
      ? html`<div class="inquest-aside">
          <p class="label">${t("Merged into")}</p>
          <button class="inquest-link" dir="auto" @click=${() => choose(into.id)}>${into.text}</button>
        </div>`
      : nothing}
    ${question.answer && mode !== "answer"
      ? html`<div class="answer">
          <p class="answer-by">${question.answer_public ? t("Answer, visible to everyone") : t("Answer, visible only to the asker")}</p>
          <p class="pre" dir="auto">${question.answer}</p>
        </div>`
      : nothing}
  `;
}

export function duplicates(question: ModeratedQuestion, state: SessionRoom, choose: Choose) {
  const merged = duplicatesOf(state, question.id);
  if (!merged.length) return nothing;
  return html`<section class="inquest-aside" aria-labelledby="duplicates">
    <h2 class="label" id="duplicates">${tn("Merged with %(count)s other", "Merged with %(count)s others", merged.length)}</h2>
    <ul role="list">
      ${merged.map((each) => html`<li><button class="inquest-link" dir="auto" @click=${() => choose(each.id)}>${each.text}</button></li>`)}
    </ul>
  </section>`;
}

/** Questions of which it is probably a duplicate. */
export function likely(question: ModeratedQuestion, state: SessionRoom, choose: Choose, merge: (target: ModeratedQuestion) => void) {
  if (question.state !== "pending") return nothing;
  const targets = mergeTargets(state, question)
    .slice(0, LIKELY)
    .filter((target) => alike(question.text, target.text) > ALIKE);
  if (!targets.length) return nothing;
  return html`<section class="inquest-aside" aria-labelledby="likely">
    <h2 class="label" id="likely">${t("Similar questions")}</h2>
    <ul role="list" class="similar">
      ${targets.map(
        (target) => html`<li>
          <button class="inquest-link" dir="auto" @click=${() => choose(target.id)}>${target.text}</button>
          <span class="faint">${placeOf(target)} · ${tn("%(count)s vote", "%(count)s votes", votesOf(state, target.id))}</span>
          <button class="button button-quiet button-small" @click=${() => merge(target)}>${icon("merge")}${t("Merge into this question")}</button>
        </li>`,
      )}
    </ul>
  </section>`;
}
