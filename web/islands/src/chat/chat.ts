import { html, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live as liveDirective } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import { reportMessage } from "../conduct/report-dialog";
import { t, tn } from "../i18n";
import { live, MESSAGE_LENGTH, ProblemError, RoomController, type ChatView, type MessageView, type RoomEvent } from "../live/index";
import { unreadIn } from "./state/chat";
import type { RoomState, SharedOwn } from "../shell/state/room";
import { may } from "../forum/state/session";
import { announce } from "../shell/announce";
import { chatMessage } from "./chat-message";
import { sendRead } from "./read-signal";
import { Island } from "../shell/island";
import { empty, icon, notice, profilePath } from "../shell/parts";
import { follow, type ChatKind } from "../people/people";
import { openPersonDialog } from "../people/person-dialog";
import { fault, toastRefusal, wordsOf } from "../shell/refusal";
import { TextForm } from "../shell/text-form";

interface Chatting {
  readonly chat: ChatView;
  readonly messages: readonly MessageView[];
  readonly closed_at?: string | null; // of a meeting that is over
}

const FOLLOWS_MS = 180_000; // a message soon after one of the same person has no head of its own
const AT_END = 48; // px
const PAGE = 100; // rooms/chat/queries.py: MESSAGES_SHOWN

/** The chat of a room. It scrolls with new messages only if the reader is at the end. */
@customElement("plenary-chat")
export class Chat extends Island {
  @property() room = "";
  @property() kind: ChatKind = "session";
  @property({ attribute: "sign-in" }) signIn = "";
  /** Where the page before a message can be fetched; empty: nowhere. */
  @property() earlier = "";
  @state() private older: readonly MessageView[] = []; // older than those of the room's state
  @state() private loading = false;
  @state() private complete = false;
  @state() private problem = "";
  @state() private waitUntil = 0;
  @state() private atEnd = true;
  @state() private mark = -1; // where the unread messages began when the chat came into view
  private readonly followed = new RoomController(this, follow<Chatting>(() => this.kind), () => this.room, {
    onEvent: (event) => this.happened(event),
  });
  private readonly form = new TextForm(this, {
    key: () => `${this.room}:chat`,
    sends: (event) => !event.shiftKey,
    may: (text) => text.length <= MESSAGE_LENGTH && this.waitUntil <= live().now(),
    send: ({ text }) => this.post(text),
    refused: (error) => this.refused(error),
  });
  private reading = 0;
  private ticking = 0;

  private get state(): RoomState<Chatting, SharedOwn> | null {
    return this.followed.state;
  }

  protected override get ready(): boolean {
    return this.state !== null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.classList.add("chat-host");
    document.addEventListener("visibilitychange", this.seen);
    document.addEventListener("panel-shown", this.seen);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearInterval(this.ticking);
    document.removeEventListener("visibilitychange", this.seen);
    document.removeEventListener("panel-shown", this.seen);
  }

  private happened(event: RoomEvent): void {
    if (event.type === "chat.removed") this.older = this.older.filter(({ id }) => id !== event.message);
    if (event.type !== "chat.posted" || event.message.author.id === this.state?.own.person?.id) return;
    announce(t("%(name)s writes: %(text)s", { name: event.message.author.name, text: event.message.text }));
  }

  protected override render() {
    const state = this.state;
    if (!state) return nothing;
    const known = state.snapshot.messages;
    const first = known[0]?.number ?? 0;
    const messages = [...this.older.filter(({ number }) => number < first), ...known];
    const unread = state.own.person ? unreadIn(known, state.own) : 0;
    return html`<div class="chat">
      <div class="chat-scroll" tabindex="0" role="log" aria-live="off" aria-label=${t("Messages")} @scroll=${this.scrolled}>
        ${this.earlier && known.length >= PAGE && !this.complete
          ? html`<p class="chat-earlier">
              <button class="button button-small" aria-disabled=${this.loading ? "true" : "false"} @click=${() => this.loadEarlier(messages[0]!.number)}>${t("Earlier messages")}</button>
            </p>`
          : nothing}
        ${messages.length
          ? html`<ol class="messages" role="list">
              ${repeat(messages, ({ id }) => id, (message, index) => this.message(state, message, messages[index - 1]))}
            </ol>`
          : empty("chat", t("Nobody has written yet. Say hello."))}
      </div>
      <div class="chat-jump">
        ${!this.atEnd && (unread > 0 || this.mark >= 0)
          ? html`<button class="button" @click=${() => this.toEnd()}>
              ${icon("down")}${unread ? tn("%(count)s new message", "%(count)s new messages", unread) : t("Jump to newest")}
            </button>`
          : nothing}
      </div>
      <div class="chat-foot">${this.foot(state)}</div>
    </div>`;
  }

  private message(state: RoomState<Chatting, SharedOwn>, message: MessageView, before: MessageView | undefined) {
    const own = message.author.id === state.own.person?.id;
    const unread = before?.number === this.mark;
    const follows = !unread && before?.author.id === message.author.id && Date.parse(message.at) - Date.parse(before.at) < FOLLOWS_MS;
    return html`${unread ? html`<li class="unread-mark"><span>${t("New")}</span></li>` : nothing}
      ${chatMessage(message, {
        profile: state.own.person && !own ? profilePath(message.author.id, "chat") : "",
        own,
        follows,
        remove: may(state, "chat.remove") && (own || may(state, "chat.set")) ? () => void this.takeAway(message.id) : null,
        restrain: !own && may(state, "person.silence") ? () => openPersonDialog(this.room, this.kind, message.author) : null,
        report: !own && may(state, "chat.report") ? () => reportMessage((command) => this.followed.send(command), message) : null,
      })}`;
  }

  private foot(state: RoomState<Chatting, SharedOwn>) {
    const { chat, closed_at: closed } = state.snapshot;
    if (closed) return notice(html`<p>${t("This talk is over. You can still read what was written.")}</p>`, { symbol: "lock" });
    if (!state.own.person) return html`<p class="join-in"><a class="button" href=${this.signIn}>${t("Sign in to write")}</a></p>`;
    const moderates = may(state, "chat.set");
    if (!chat.open && !moderates) return html`${notice(html`<p>${t("The chat is closed.")}</p>`, { symbol: "lock" })}${this.form.kept()}`;
    if (state.own.silenced) return notice(html`<p>${t("A moderator has silenced you for a while. You can still read and vote.")}</p>`, { symbol: "silence" });
    if (!may(state, "chat.post")) return notice(html`<p>${t("You can read here, but not write.")}</p>`);
    const wait = Math.ceil((this.waitUntil - live().now()) / 1000);
    const over = this.form.text.length > MESSAGE_LENGTH;
    return html`<form>
      <div class="compose">
        <label class="visually-hidden" for="chat-text">${t("Your message")}</label>
        <textarea
          class="input"
          id="chat-text"
          rows="1"
          placeholder=${t("Write a message…")}
          aria-describedby="chat-note"
          .value=${liveDirective(this.form.text)}
          @input=${this.typed}
        ></textarea>
        <button class="button button-primary button-icon" aria-label=${t("Send")} aria-disabled=${wait > 0 || over || !this.form.text.trim() ? "true" : "false"}>
          ${wait > 0 ? html`<span class="numbers">${wait}</span>` : icon("send", { turns: true })}
        </button>
      </div>
      <div class="compose-note" id="chat-note">
        ${this.problem
          ? fault(this.problem, "chat-fault")
          : wait > 0
            ? html`<span class="numbers">${tn("Slow mode: you can send again in %(count)s second", "Slow mode: you can send again in %(count)s seconds", wait)}</span>`
            : over
              ? html`<span class="counter counter-over">${tn("%(count)s character too many", "%(count)s characters too many", this.form.text.length - MESSAGE_LENGTH)}</span>`
              : this.form.waiting > 1
                ? t("Sending…")
              : !chat.open
                ? t("The chat is closed for attendees.")
                : chat.slow_seconds && !moderates
                  ? tn("Slow mode: one message every %(count)s second", "Slow mode: one message every %(count)s seconds", chat.slow_seconds)
                  : nothing}
      </div>
    </form>`;
  }

  protected override willUpdate(): void {
    const state = this.state;
    if (state && this.mark < 0 && unreadIn(state.snapshot.messages, state.own) > 0 && state.own.read > 0 && !this.inView) this.mark = state.own.read;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (this.atEnd) this.toEnd();
    this.seen();
  }

  private async loadEarlier(number: number): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    try {
      const answer = await fetch(`${this.earlier}?before=${number}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.statusText);
      const { messages } = (await answer.json()) as { messages: readonly MessageView[] };
      const scroller = this.scroller;
      const fromEnd = scroller ? scroller.scrollHeight - scroller.scrollTop : 0;
      this.complete = messages.length < PAGE;
      this.older = [...messages, ...this.older];
      await this.updateComplete;
      if (scroller) scroller.scrollTop = scroller.scrollHeight - fromEnd;
    } catch (error) {
      toastRefusal(error);
    } finally {
      this.loading = false;
    }
  }

  private get scroller(): HTMLElement | null {
    return this.querySelector(".chat-scroll");
  }

  private get inView(): boolean {
    return document.visibilityState === "visible" && this.offsetParent !== null;
  }

  private toEnd(): void {
    const scroller = this.scroller;
    if (scroller) scroller.scrollTop = scroller.scrollHeight;
  }

  private readonly scrolled = (): void => {
    const scroller = this.scroller;
    if (!scroller || !this.inView) return;
    this.atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < AT_END;
  };

  /** Marks messages in view at the end of the chat as read. Sent after a moment, once for many messages. */
  private readonly seen = (): void => {
    if (this.inView && this.atEnd) this.toEnd();
    if (this.reading) return;
    this.reading = window.setTimeout(() => {
      this.reading = 0;
      const state = this.state;
      const last = state?.snapshot.messages.at(-1);
      if (!state || !last || !this.inView || !this.atEnd || last.number <= state.own.read || !may(state, "chat.read")) return;
      this.followed.send({ op: "chat.read", number: last.number }).then(sendRead, () => undefined); // not critical: the next mark will include it
    }, 1500);
  };

  private readonly typed = (event: Event): void => {
    this.problem = "";
    this.form.write((event.target as HTMLTextAreaElement).value);
  };

  private async post(text: string): Promise<void> {
    this.problem = "";
    this.atEnd = true;
    this.mark = -1;
    const { next_at } = await this.followed.send({ op: "chat.post", text });
    if (!next_at) return;
    this.wait(Date.parse(next_at));
    this.form.recall(); // slow mode: the next message has to wait
  }

  private refused(error: unknown): void {
    this.problem = wordsOf(error);
    if (error instanceof ProblemError && error.retryAfter) this.wait(live().now() + error.retryAfter * 1000);
  }

  private wait(until: number): void {
    this.waitUntil = until;
    window.clearInterval(this.ticking);
    this.ticking = window.setInterval(() => {
      if (this.waitUntil <= live().now()) {
        window.clearInterval(this.ticking);
        this.problem = "";
      }
      this.requestUpdate();
    }, 500);
  }

  private async takeAway(message: string): Promise<void> {
    try {
      await this.followed.send({ op: "chat.remove", message });
    } catch (error) {
      toastRefusal(error);
    }
  }
}
