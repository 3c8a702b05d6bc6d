import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { t, tn } from "../../i18n";
import { RoomController, type Asking, type Command, type SessionState } from "../../live/index";
import { onScreen, pollOnScreen, session, type SessionRoom } from "../state/session";
import { icon } from "../../shell/parts";
import { toastRefusal } from "../../shell/refusal";
import "./stage-form";
import { Switches } from "../../shell/switches";

type Confirmable = "session.start" | "session.end";

/** Controls for the session's state, asking, stage, big screen and chat. */
@customElement("plenary-host-tools")
export class HostTools extends LitElement {
  @property() room = "";
  @property() screen = "";
  @state() private confirming: Confirmable | "" = "";
  private readonly followed = new RoomController(this, session, () => this.room);
  private readonly switches = new Switches(this);

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  private readonly send = async (command: Command): Promise<void> => {
    try {
      await this.followed.send(command as Extract<Command, { op: "session.open" }>);
    } catch (error) {
      toastRefusal(error);
    }
  };

  protected override render() {
    const state = this.followed.state;
    if (!state) return nothing;
    return html`<div class="tools">${this.sessionState(state)} ${this.asking(state)} ${this.onScreen(state)} ${this.chat(state)} <plenary-stage-form room=${this.room}></plenary-stage-form></div>`;
  }

  private sessionState(state: SessionRoom) {
    const { asking, session: view } = state.snapshot;
    const now = view.state;
    const words = {
      scheduled: t("Scheduled: the page shows when it starts."),
      lobby: t("Lobby: the countdown runs."),
      live: t("Live."),
      ended: asking.asking === "locked" ? t("Ended. Questions can still be read.") : t("Ended, but people can still ask."),
    };
    return html`<section class="tool" aria-labelledby="tool-state">
      <h2 id="tool-state">${t("Session")}</h2>
      <p class="soft small">${words[now]}</p>
      ${this.confirming
        ? html`<div class="notice notice-warning" role="alertdialog" aria-label=${t("Are you sure?")}>
            <div class="stack stack-tight">
              <p>${this.question(now)}</p>
              ${this.confirming === "session.end"
                ? html`<label class="check"
                      ><input type="checkbox" data-leave-open /><span>${t("Leave asking open")}</span></label
                    ><label class="check"><input type="checkbox" data-leave-chat /><span>${t("Leave the chat open")}</span></label>
                    <p class="soft small">${t("Polls close, and the stage and the screen are cleared.")}</p>`
                : nothing}
              <div class="row">
                <button class="button button-small ${this.confirming === "session.end" ? "button-danger" : "button-primary"}" data-confirm @click=${this.confirmed}>
                  ${this.confirming === "session.end" ? t("End now") : now === "ended" ? t("Resume now") : t("Start now")}
                </button>
                <button class="button button-small" @click=${() => (this.confirming = "")}>${t("Cancel")}</button>
              </div>
            </div>
          </div>`
        : html`<div class="row">
            ${now === "scheduled" ? html`<button class="button" @click=${() => this.send({ op: "session.open" })}>${icon("clock")}${t("Open the lobby")}</button>` : nothing}
            ${now === "live"
              ? html`<button class="button" @click=${() => this.ask("session.end")}>${icon("stop")}${t("End")}</button>`
              : html`<button class="button button-primary" @click=${() => this.ask("session.start")}>${icon("play")}${now === "ended" ? t("Resume") : t("Start")}</button>`}
          </div>`}
    </section>`;
  }

  private question(now: SessionState): string {
    if (this.confirming === "session.end") return t("End the session for everyone?");
    return now === "ended" ? t("Resume the session for everyone? Asking and the chat are as they were before the end.") : t("Start the session for everyone?");
  }

  private ask(what: Confirmable): void {
    this.confirming = what;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("[data-confirm]")?.focus());
  }

  private readonly confirmed = (): void => {
    const checked = (name: string) => this.querySelector<HTMLInputElement>(`[data-${name}]`)?.checked ?? false;
    if (this.confirming === "session.end") void this.send({ op: "session.end", leave_open: checked("leave-open"), leave_chat: checked("leave-chat") });
    else if (this.confirming) void this.send({ op: this.confirming });
    this.confirming = "";
  };

  private asking(state: SessionRoom) {
    const { asking } = state.snapshot;
    const choices: readonly (readonly [Asking, string, string])[] = [
      ["open", t("Open"), t("Everyone can ask.")],
      ["paused", t("Paused"), t("The public list is paused. New questions wait here.")],
      ["locked", t("Locked"), t("Nobody can ask.")],
    ];
    return html`<section class="tool" aria-labelledby="tool-asking">
      <h2 id="tool-asking">${t("Asking")}</h2>
      <div class="segments" role="group" aria-labelledby="tool-asking">
        ${choices.map(([value, name]) => html`<button aria-pressed=${value === asking.asking ? "true" : "false"} @click=${() => this.send({ op: "asking.set", asking: value })}>${name}</button>`)}
      </div>
      <p class="soft small">${choices.find(([value]) => value === asking.asking)?.[2]}</p>
      ${this.switch(t("Review new questions first"), asking.review, (required) => ({ op: "asking.review", required }), t("Affects new questions only."))}
      ${this.switch(t("Anonymous questions"), asking.anonymous, (allowed) => ({ op: "asking.anonymity", allowed }))}
    </section>`;
  }

  private switch(name: string, on: boolean, command: (on: boolean) => Command, hint = "") {
    return this.switches.draw(name, on, (chosen) => this.followed.send(command(chosen) as Extract<Command, { op: "session.open" }>), hint);
  }

  private onScreen(state: SessionRoom) {
    const shown = onScreen(state)?.text ?? pollOnScreen(state)?.title;
    return html`<section class="tool" aria-labelledby="tool-screen">
      <h2 id="tool-screen">${t("Big screen")}</h2>
      <div class="screen-preview" data-scheme="dark">
        ${shown ? html`<p dir="auto">${shown}</p>` : html`<p class="soft">${t("Top questions")}</p>`}
      </div>
      <div class="row">
        <a class="button button-small" href=${this.screen} target="_blank" rel="noopener">${icon("screen")}${t("Open the screen")}</a>
        <a class="button button-small button-quiet" href="${this.screen}?overlay=1" target="_blank" rel="noopener">${t("Overlay")}</a>
        <button class="button button-small button-quiet" ?disabled=${!shown} @click=${() => this.send({ op: "screen.clear" })}>${t("Clear")}</button>
      </div>
    </section>`;
  }

  private chat(state: SessionRoom) {
    const { chat } = state.snapshot;
    const paces = [0, 5, 15, 30, 60, 300];
    return html`<section class="tool" aria-labelledby="tool-chat-settings">
      <h2 id="tool-chat-settings">${t("Chat")}</h2>
      ${this.switch(t("Open to everyone"), chat.open, (open) => ({ op: "chat.set", open, slow_seconds: chat.slow_seconds }))}
      <div class="field">
        <label for="slow">${t("Slow mode")}</label>
        <select id="slow" @change=${(event: Event) => void this.send({ op: "chat.set", open: chat.open, slow_seconds: Number((event.target as HTMLSelectElement).value) })}>
          ${[...new Set([...paces, chat.slow_seconds])].map(
            (pace) => html`<option value=${pace} ?selected=${pace === chat.slow_seconds}>${pace ? tn("One message every %(count)s second", "One message every %(count)s seconds", pace) : t("Off")}</option>`,
          )}
        </select>
      </div>
    </section>`;
  }
}
