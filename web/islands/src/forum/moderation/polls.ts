import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { t } from "../../i18n";
import { live, type Command, type CountedText, type ModeratedTally, type PollView, type Reveal } from "../../live/index";
import { isRevealed } from "../state/polls";
import { session, type SessionRoom } from "../state/session";
import { badge, empty, icon } from "../../shell/parts";
import { pollResults } from "../poll-results";
import { toastRefusal } from "../../shell/refusal";
import { kindNames } from "./poll-form";

/** The polls of a session for its moderators: create, open, close and show them, with the results so far. */
@customElement("plenary-moderated-polls")
export class ModeratedPolls extends LitElement {
  @property() room = "";
  @property({ attribute: false }) state!: SessionRoom;
  /** The id of the poll that is being edited, or "new". */
  @state() private wording = "";

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const polls = [...this.state.snapshot.polls].reverse();
    const kept = polls.filter(({ state }) => state !== "archived");
    const archived = polls.filter(({ state }) => state === "archived");
    return html`<div class="tools">
      <section class="tool" aria-label=${t("New poll")}>
        ${this.wording === "new"
          ? html`<plenary-poll-form room=${this.room} .done=${this.worded}></plenary-poll-form>`
          : html`<div><button class="button" data-new @click=${() => (this.wording = "new")}>${icon("plus")}${t("New poll")}</button></div>`}
      </section>
      ${polls.length || this.wording === "new" ? nothing : empty("check", t("No polls yet."))}
      ${repeat(kept, ({ id }) => id, (poll) => this.poll(poll))}
      ${archived.length
        ? html`<details class="tool">
            <summary>${t("Archived")} <span class="count">${archived.length}</span></summary>
            ${repeat(archived, ({ id }) => id, (poll) => this.poll(poll))}
          </details>`
        : nothing}
    </div>`;
  }

  private readonly worded = (): void => {
    this.wording = "";
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("[data-new]")?.focus());
  };

  private async send(command: Command, poll: PollView): Promise<void> {
    try {
      const room = live().room(this.room, session);
      await room.send(command as Extract<Command, { op: "poll.open" }>);
      await room.current();
      // The pressed button may be gone. Keep the keyboard focus at the poll.
      if (document.activeElement === document.body) document.getElementById(`acts-${poll.id}`)?.querySelector("button")?.focus();
    } catch (error) {
      toastRefusal(error);
    }
  }

  private poll(poll: PollView) {
    const tally = this.state.latest.poll_tallies?.[poll.id];
    const onScreen = this.state.snapshot.screen_poll === poll.id;
    if (this.wording === poll.id) {
      return html`<section class="tool" aria-label=${t("Edit")}><plenary-poll-form room=${this.room} .poll=${poll} .done=${this.worded}></plenary-poll-form></section>`;
    }
    return html`<section class="tool moderated-poll" aria-labelledby="moderated-poll-${poll.id}">
      <p class="row">${stateBadge(poll)}${onScreen ? badge(t("On the big screen"), { tone: "accent", symbol: "screen" }) : nothing}</p>
      <h2 id="moderated-poll-${poll.id}" dir="auto">${poll.title}</h2>
      <p class="soft small">${kindNames()[poll.kind]} · ${revealWords(poll)}</p>
      ${tally ? pollResults(poll, tally.tally) : poll.options.length ? html`<ul class="poll-draft">${poll.options.map((option) => html`<li dir="auto">${option}</li>`)}</ul>` : nothing}
      ${tally && (poll.kind === "text" || poll.kind === "cloud") ? this.texts(poll, tally) : nothing}
      <div class="row" id="acts-${poll.id}">${this.acts(poll, tally, onScreen)}</div>
    </section>`;
  }

  private acts(poll: PollView, tally: ModeratedTally | undefined, onScreen: boolean) {
    const act = (name: string, command: Command, look = "") =>
      html`<button class="button button-small ${look}" @click=${() => this.send(command, poll)}>${name}</button>`;
    const reveal = (name: string, to: Reveal) => act(name, { op: "poll.reveal", poll: poll.id, reveal: to }, "button-quiet");
    const edit = html`<button class="button button-small button-quiet" @click=${() => (this.wording = poll.id)}>${icon("edit")}${t("Edit")}</button>`;
    const screen = onScreen
      ? act(t("Off the big screen"), { op: "screen.clear" }, "button-quiet")
      : act(t("Put on the big screen"), { op: "screen.poll", poll: poll.id }, "button-quiet");
    if (poll.state === "draft") {
      return html`${act(t("Open the poll"), { op: "poll.open", poll: poll.id }, "button-primary")} ${edit} ${act(t("Discard"), { op: "poll.archive", poll: poll.id }, "button-quiet")}`;
    }
    if (poll.state === "open") {
      return html`${act(t("Close the poll"), { op: "poll.close", poll: poll.id }, "button-primary")} ${screen}
      ${poll.reveal === "live" ? reveal(t("Hide the results"), "closed") : reveal(t("Show the results now"), "live")} ${tally?.tally.voters ? nothing : edit}`;
    }
    if (poll.state === "closed") {
      return html`${screen} ${isRevealed(poll) ? reveal(t("Hide the results"), "never") : reveal(t("Show the results"), "closed")}
      ${act(t("Archive"), { op: "poll.archive", poll: poll.id }, "button-quiet")}`;
    }
    return nothing;
  }

  /** Written answers can be hidden from everyone. */
  private texts(poll: PollView, { tally, hidden }: ModeratedTally) {
    if (!tally.texts.length && !hidden.length) return nothing;
    const row = ({ text, count }: CountedText, isHidden: boolean) => html`<li>
      <span class=${isHidden ? "soft" : ""} dir="auto">${text}</span> <span class="count">${count}</span>
      <button class="button button-small button-quiet" aria-label=${isHidden ? t("Show “%(text)s”", { text }) : t("Hide “%(text)s”", { text })} @click=${() => this.send({ op: "poll.hide", poll: poll.id, text, hidden: !isHidden }, poll)}>
        ${isHidden ? t("Show") : t("Hide")}
      </button>
    </li>`;
    return html`<details>
      <summary>${t("Hide or show answers")}</summary>
      <ul class="moderated-texts" role="list">
        ${tally.texts.map((text) => row(text, false))}${hidden.map((text) => row(text, true))}
      </ul>
    </details>`;
  }
}

function stateBadge({ state }: PollView) {
  if (state === "open") return badge(t("Open"), { tone: "green" });
  return badge({ draft: t("Draft"), closed: t("Closed"), archived: t("Archived") }[state]);
}

function revealWords(poll: PollView): string {
  if (poll.reveal === "live") return t("everyone sees the results at once");
  if (poll.reveal === "never") return t("results are not shown");
  return poll.state === "closed" ? t("everyone sees the results") : t("results are shown once it is closed");
}
