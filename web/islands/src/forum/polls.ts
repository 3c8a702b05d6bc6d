import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { t } from "../i18n";
import { POLL_TEXT_LENGTH, RoomController, type PollAnswer, type PollView, type RoomEvent } from "../live/index";
import { publicPolls } from "./state/polls";
import { may, session, type SessionRoom } from "./state/session";
import { say, toast } from "../shell/announce";
import { draft, setDraft } from "../shell/drafts";
import { Island } from "../shell/island";
import { badge, empty, notice } from "../shell/parts";
import { optionsOf, pollResults } from "./poll-results";
import { fault, wordsOf } from "../shell/refusal";

/** The polls of a session: answering, and results once they are shown. */
@customElement("plenary-polls")
export class Polls extends Island {
  @property() room = "";
  @property({ attribute: "sign-in" }) signIn = "";
  @state() private sending = "";
  @state() private problems: Readonly<Record<string, string>> = {};
  private readonly followed = new RoomController(this, session, () => this.room, { onEvent: (event) => this.happened(event) });

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  private happened(event: RoomEvent): void {
    if (event.type === "poll.opened") {
      const act = this.checkVisibility() ? null : { label: t("Answer"), run: () => document.getElementById("tab-polls")?.click() };
      toast(t("A poll is open: %(title)s", { title: event.poll.title }), { act });
    } else if (event.type === "poll.closed") {
      toast(t("The poll is closed: %(title)s", { title: event.poll.title }));
    }
  }

  protected override render() {
    const state = this.followed.state;
    if (!state) return nothing;
    const polls = publicPolls(state.snapshot.polls);
    if (!polls.length) return empty("check", t("No polls yet."));
    return html`<ul class="polls" role="list">
      ${repeat(
        polls,
        ({ id }) => id,
        (poll) => html`<li class="card poll" id="poll-${poll.id}">${this.poll(state, poll)}</li>`,
      )}
    </ul>`;
  }

  private poll(state: SessionRoom, poll: PollView) {
    const own = state.own.answers[poll.id];
    const results = state.latest.poll_results?.[poll.id];
    return html`
      <p>${poll.state === "open" ? badge(t("Open"), { tone: "green" }) : badge(t("Closed"))}</p>
      <h3 class="poll-title" id="poll-title-${poll.id}" dir="auto">${poll.title}</h3>
      ${poll.state === "open" ? this.answering(state, poll, own) : nothing}
      ${results ? pollResults(poll, results, own?.choices) : poll.state === "closed" ? html`<p class="soft">${t("Results are hidden.")}</p>` : nothing}
    `;
  }

  private answering(state: SessionRoom, poll: PollView, own: PollAnswer | undefined) {
    if (!state.own.person) return html`<p class="join-in"><a class="button" href=${this.signIn}>${t("Sign in to answer")}</a></p>`;
    if (!may(state, "poll.answer")) return notice(html`<p>${t("You can read here, but not answer.")}</p>`);
    const problem = this.problems[poll.id] ?? "";
    return html`<form class="poll-form" @submit=${(event: SubmitEvent) => this.send(event, poll)}>
      ${poll.kind === "text" || poll.kind === "cloud" ? this.writing(poll, own, problem) : this.choosing(poll, own)} ${fault(problem, `poll-fault-${poll.id}`)}
      <div class="ask-foot">
        <p class="faint">${note(poll, own)}</p>
        <div class="row">
          ${own ? html`<button type="button" class="button button-quiet" @click=${() => this.retract(poll)}>${t("Take back")}</button>` : nothing}
          <button class="button button-primary" aria-disabled=${this.sending === poll.id ? "true" : "false"}>${own ? t("Change answer") : t("Send answer")}</button>
        </div>
      </div>
    </form>`;
  }

  private choosing(poll: PollView, own: PollAnswer | undefined) {
    return html`<fieldset class="poll-options ${poll.kind === "rating" ? "poll-rating" : ""}">
      <legend class="visually-hidden" dir="auto">${poll.title}</legend>
      ${optionsOf(poll).map(
        (option, index) => html`<label class="check"
          ><input
            type=${poll.kind === "multiple" ? "checkbox" : "radio"}
            name="choices"
            value=${index + 1}
            .checked=${own?.choices.includes(index + 1) ?? false}
          /><span dir="auto">${option}</span></label
        >`,
      )}
    </fieldset>`;
  }

  private writing(poll: PollView, own: PollAnswer | undefined, problem: string) {
    const [key, id] = [this.key(poll), `poll-text-${poll.id}`];
    return html`<label class="visually-hidden" for=${id} dir="auto">${poll.title}</label>
      <textarea
        class="input"
        id=${id}
        name="text"
        rows=${poll.kind === "cloud" ? 1 : 2}
        maxlength=${POLL_TEXT_LENGTH}
        placeholder=${poll.kind === "cloud" ? t("Up to three words, separated by commas") : t("Your answer")}
        aria-describedby="poll-fault-${poll.id}"
        aria-invalid=${problem ? "true" : "false"}
        .value=${draft(key) || (own?.text ?? "")}
        @input=${(event: Event) => setDraft(key, (event.target as HTMLTextAreaElement).value)}
      ></textarea>`;
  }

  private key(poll: PollView): string {
    return `${this.room}:poll:${poll.id}`;
  }

  private readonly send = async (event: SubmitEvent, poll: PollView): Promise<void> => {
    event.preventDefault();
    if (this.sending) return;
    const form = new FormData(event.target as HTMLFormElement);
    const text = form.get("text");
    const answer = { choices: form.getAll("choices").map(Number), text: typeof text === "string" ? text : "" };
    await this.act(poll, async () => {
      await this.followed.send({ op: "poll.answer", poll: poll.id, version: poll.version, ...answer });
      setDraft(this.key(poll), "");
      say(t("Your answer counts."));
    });
  };

  private async retract(poll: PollView): Promise<void> {
    await this.act(poll, async () => {
      await this.followed.send({ op: "poll.retract", poll: poll.id });
      say(t("Your answer is withdrawn."));
    });
    (document.getElementById(`poll-${poll.id}`)?.querySelector(".button-primary") as HTMLElement | null)?.focus();
  }

  private async act(poll: PollView, act: () => Promise<void>): Promise<void> {
    this.sending = poll.id;
    this.problems = { ...this.problems, [poll.id]: "" };
    try {
      await act();
    } catch (error) {
      this.problems = { ...this.problems, [poll.id]: wordsOf(error) };
    } finally {
      this.sending = "";
    }
  }
}

function note(poll: PollView, own: PollAnswer | undefined): string {
  if (own) return t("Your answer counts. You can change it until the poll closes.");
  if (poll.reveal === "closed") return t("Answers are anonymous. Results are shown at the end.");
  return t("Answers are anonymous.");
}
