import { html, nothing, type TemplateResult } from "lit";
import { formatNumber, t, tn } from "../i18n";
import type { CountedText, PollTally, PollView } from "../live/index";
import { mean, share, weight } from "./state/polls";

/** The results of a poll, as numbers and charts. `own`: the person's own choices. */
export function pollResults(poll: PollView, tally: PollTally, own: readonly number[] = []): TemplateResult {
  return html`<div class="poll-results">
    ${poll.kind === "cloud" ? cloud(tally) : poll.kind === "text" ? texts(tally.texts) : bars(poll, tally, own)}
    <p class="poll-voters">${voters(poll, tally)}</p>
  </div>`;
}

export function optionsOf(poll: PollView): readonly string[] {
  return poll.kind === "rating" ? ["1", "2", "3", "4", "5"] : poll.options;
}

export function voters(poll: PollView, tally: PollTally): string {
  const answers = tn("%(count)s answer", "%(count)s answers", tally.voters);
  const rating = poll.kind === "rating" ? mean(tally.counts) : null;
  return rating === null ? answers : t("%(answers)s, %(mean)s on average", { answers, mean: formatNumber(Math.round(rating * 10) / 10) });
}

function bars(poll: PollView, tally: PollTally, own: readonly number[]) {
  return html`<ul class="poll-bars" role="list">
    ${optionsOf(poll).map((option, index) => {
      const count = tally.counts[index] ?? 0;
      const percent = share(count, tally.voters);
      return html`<li class="poll-bar">
        <span class="poll-option" dir="auto">${option}${own.includes(index + 1) ? html` <span class="badge badge-violet">${t("Your answer")}</span>` : nothing}</span>
        <span class="poll-count numbers"><strong>${percent} %</strong> <span class="faint">(${formatNumber(count)})</span></span>
        <svg class="poll-line" aria-hidden="true"><rect class="poll-ground" width="100%" height="100%"></rect><rect class="poll-part" width="${percent}%" height="100%"></rect></svg>
      </li>`;
    })}
  </ul>`;
}

function cloud(tally: PollTally) {
  const most = Math.max(0, ...tally.texts.map(({ count }) => count));
  const words = [...tally.texts].sort((a, b) => a.text.localeCompare(b.text));
  return html`<ul class="poll-cloud" role="list">
    ${words.map(({ text, count }) => html`<li class="poll-word poll-word-${weight(count, most)}"><span dir="auto">${text}</span> <span class="poll-word-count numbers">${formatNumber(count)}</span></li>`)}
  </ul>`;
}

function texts(counted: readonly CountedText[]) {
  return html`<ul class="poll-texts" role="list">
    ${counted.map(({ text, count }) => html`<li><span dir="auto">${text}</span>${count > 1 ? html` <span class="count">${formatNumber(count)}</span>` : nothing}</li>`)}
  </ul>`;
}
