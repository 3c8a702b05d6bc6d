import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { download, supportBundle } from "../../call/bundle";
import { Call, type Shown } from "../../call/call";
import { Devices } from "../../call/devices";
import { useSpeaker } from "../../call/level";
import { memoryOf } from "../../call/memory";
import type { Mode } from "../../call/quality";
import { wireOf } from "../../call/wire";
import { formatCountdown, t } from "../../i18n";
import { live, RoomController, type IceView, type ProblemError, type ReportReason, type RoomEvent } from "../../live/index";
import { callOf, meeting, type MeetingRoom } from "../../state/booth";
import { unreadIn } from "../../state/chat";
import { announce, say, toast } from "../announce";
import { Island } from "../island";
import { shortcut } from "../moderation/keys";
import { icon, notice } from "../parts";
import { toastRefusal } from "../refusal";
import { Ticking } from "../ticking";
import { sheet, type Sheet } from "./dialogs";
import { Losses } from "./losses";
import { tiles } from "./tiles";
import { toolbar } from "./toolbar";
import { isFull, Waiting } from "./waiting";
import { fellWords } from "./words";
import "./check";
import "./outcome";

const SOON = 120_000; // ms before the end, when it is told
const WIDE = matchMedia("(min-width: 60rem)"); // the chat has room beside the pictures
const EXTENSIONS = 6; // rooms/meetings: so often a talk may be put off

/** The call of a meeting: the check before it, the call itself, and how it went. */
@customElement("plenary-call")
export class CallElement extends Island {
  @property() room = "";
  /** Where the page goes back to: the booth. */
  @property() back = "";
  @state() private hand = false;
  @state() private held = false;
  @state() private chat = WIDE.matches;
  @state() private open: Sheet | null = null;
  @state() private about = "";
  @state() private silent = false; // the browser plays no sound before the page has been pressed
  private warned = 0; // the end that has been told
  readonly followed = new RoomController(this, meeting, () => this.room, { onEvent: (event) => this.happened(event) });
  devices: Devices | null = null;
  call: Call | null = null;
  private stops: (() => void)[] = [];
  readonly line = {
    of: this as CallElement,
    get state() {
      return this.of.call?.phase.name === "refused" ? this.of.followed.state : null;
    },
    say: (waiting: boolean) => this.followed.send({ op: "call.wait", waiting }),
    join: () => this.join(),
  };
  private readonly waiting = new Waiting(this);
  private readonly losses = new Losses();
  private shown = "";

  constructor() {
    super();
    new Ticking(this, 1000);
  }

  protected override get ready(): boolean {
    return this.call !== null && this.followed.state !== null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const wire = wireOf(this.room);
    const devices = new Devices();
    const call = new Call({
      wire,
      memory: memoryOf(this.room),
      connect: (config) => new RTCPeerConnection(config),
      timer: (ms, then) => {
        const handle = window.setTimeout(then, ms);
        return () => window.clearTimeout(handle);
      },
      now: () => performance.timeOrigin + performance.now(),
      tracks: () => devices.tracks(this.held),
      fellTo: (person, mode) => this.fell(person, mode),
    });
    this.devices = devices;
    this.call = call;
    const room = live().room(this.room, meeting);
    const tell = (state: MeetingRoom | null) => state && call.roster(callOf(state));
    this.stops = [
      wire.close,
      call.changed.subscribe(() => this.requestUpdate()),
      devices.changed.subscribe(() => this.deviceChanged()),
      room.subscribe(tell),
      () => call.dispose(),
      () => devices.dispose(),
    ];
    tell(room.state);
    this.addEventListener("keydown", this.keyed);
    window.addEventListener("online", this.online);
    WIDE.addEventListener("change", this.widened);
    if (call.interrupted || (location.hash === "#join" && devices.choice.passed)) this.join();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const stop of this.stops) stop();
    this.removeEventListener("keydown", this.keyed);
    window.removeEventListener("online", this.online);
    WIDE.removeEventListener("change", this.widened);
  }

  protected override render() {
    const { call, devices } = this;
    const state = this.followed.state;
    if (!call || !devices || !state) return nothing;
    const { phase } = call;
    if (phase.name === "in") return this.inside(call, devices, state);
    if (state.snapshot.closed_at) return this.epilogue(state, t("This talk is over"), t("What was written stays here for you."), false);
    switch (phase.name) {
      case "ended":
        return this.epilogue(state, ...ENDS[phase.reason](), phase.reason !== "closed");
      case "refused":
        return this.refused(phase.problem);
      case "joining":
        return html`<div class="call-wait"><span class="spinner" aria-hidden="true"></span><p role="status">${t("Joining the call…")}</p></div>`;
      default:
        return html`<plenary-call-check .devices=${devices} .servers=${this.servers} @join=${this.join}></plenary-call-check>`;
    }
  }

  private inside(call: Call, devices: Devices, state: MeetingRoom) {
    const name = state.own.person?.name ?? "";
    return html`<section class="call" aria-labelledby="call-heading">
        <h2 class="call-title" id="call-heading" tabindex="-1">${t("In the call")}</h2>
        ${this.clock(state)}
        ${this.silent ? notice(html`<div class="row row-apart"><p>${t("Your browser keeps the sound off.")}</p><button class="button button-small button-primary" @click=${this.unsilence}>${t("Switch the sound on")}</button></div>`, { kind: "warning", symbol: "silence" }) : nothing}
        ${tiles(call, devices, { name, hand: this.hand, held: this.held }, false)}
        ${toolbar({
          devices,
          hand: this.hand,
          held: this.held,
          chat: this.chat,
          unread: unreadIn(state.snapshot.messages, state.own),
          toggleMic: () => void devices.set("mic", !devices.micOn).then(() => say(devices.micOn ? t("Microphone on") : t("Microphone off"))),
          toggleCam: () => void devices.set("cam", !devices.camOn).then(() => say(devices.camOn ? t("Camera on") : t("Camera off"))),
          toggleScreen: this.toggleScreen,
          toggleHand: this.toggleHand,
          toggleHold: this.toggleHold,
          toggleChat: this.toggleChat,
          open: this.show,
          leave: this.leave,
        })}
      </section>
      ${this.open ? sheet(this.open, { call, devices, state, about: this.about, report: this.report, bring: this.bring, block: this.block, open: this.show, save: this.save }, () => (this.open = null)) : nothing}`;
  }

  private clock(state: MeetingRoom) {
    const { ends_at, extensions } = callOf(state);
    if (!ends_at) return nothing;
    const end = Date.parse(ends_at);
    const left = end - live().now();
    const more =
      extensions < EXTENSIONS
        ? html`<button class="button button-small" @click=${this.extend}>${icon("plus")}${t("5 more minutes")}</button>`
        : nothing;
    return html`<div class="call-clock ${left < SOON ? "call-clock-soon" : ""}">
      ${icon("clock")}<span role="timer" aria-live="off" class="numbers">${left > 0 ? t("%(time)s left", { time: formatCountdown(end, live().now()) }) : t("The time is up. Finish when you are ready.")}</span>
      ${left < SOON ? more : nothing}
    </div>`;
  }

  private refused(problem: ProblemError) {
    const { waiting } = this;
    if (waiting.on) {
      return html`<div class="call-end">
        <div class="stack stack-tight">
          <h2 id="call-heading" tabindex="-1">${t("You are waiting for a place")}</h2>
          <p role="status">${waiting.place ? t("You are number %(place)s in the line.", { place: waiting.place }) : t("You are being put into the line…")}</p>
          <p class="soft">${t("Leave this page open: you join by yourself when it is your turn. You can write in the chat meanwhile.")}</p>
        </div>
        <div class="row"><button class="button" @click=${this.unwait}>${t("Stop waiting")}</button>${this.wayBack()}</div>
      </div>`;
    }
    const head = notice(html`<h2 id="call-heading" tabindex="-1">${t("You cannot join just now")}</h2><p>${problem.message}</p>`, { kind: "warning", symbol: "alert" });
    if (isFull(problem)) {
      return html`<div class="call-end">${head}
        <div class="row"><button class="button button-primary" @click=${this.wait}>${t("Wait for a place")}</button>${this.wayBack()}</div>
      </div>`;
    }
    return html`<div class="call-end">
      ${head}
      <p class="soft">${t("You can write in the chat meanwhile, and try again when somebody has left.")}</p>
      <div class="row"><button class="button button-primary" @click=${this.join}>${t("Try again")}</button>${this.wayBack()}</div>
    </div>`;
  }

  private epilogue(state: MeetingRoom, title: string, text: string, again: boolean) {
    return html`<div class="call-end">
      <div class="stack stack-tight"><h2 id="call-heading" tabindex="-1">${title}</h2><p class="soft">${text}</p></div>
      <div class="row">
        ${again ? html`<button class="button" @click=${this.join}>${icon("camera")}${t("Join again")}</button>` : nothing} ${this.wayBack()}
      </div>
      ${state.own.can.includes("call.rate") ? html`<section class="card" aria-label=${t("How it went")}><plenary-call-outcome room=${this.room}></plenary-call-outcome></section>` : nothing}
    </div>`;
  }

  private wayBack(): TemplateResult | typeof nothing {
    return this.back ? html`<a class="button button-quiet" href=${this.back}>${t("Back to the booth")}</a>` : nothing;
  }

  protected override willUpdate(): void {
    const state = this.followed.state;
    const end = state && this.call?.phase.name === "in" ? Date.parse(callOf(state).ends_at ?? "") : NaN;
    if (end - live().now() < SOON && end !== this.warned) {
      this.warned = end;
      say(t("Two minutes are left. You may take five more."));
    }
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const name = this.call?.phase.name ?? "";
    const page = this.closest<HTMLElement>(".call-page");
    page?.classList.toggle("call-inside", name === "in");
    page?.classList.toggle("call-with-chat", this.chat);
    if (name !== this.shown) {
      const first = this.shown === "";
      this.shown = name;
      document.dispatchEvent(new CustomEvent("panel-shown", { detail: "chat" }));
      if (name === "ended" || name === "refused") this.devices?.close(); // no camera stays on behind a page that shows none
      if (!first && name !== "joining") this.querySelector<HTMLElement>("#call-heading, #check-heading")?.focus();
      if (name === "in") this.waiting.stop();
      if (name === "in") say(t("You are in the call. Press the question mark for its keys."));
    }
    const dialog = this.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
    this.querySelectorAll("audio").forEach((player) => void this.hearken(player));
  }

  private async hearken(player: HTMLAudioElement): Promise<void> {
    await useSpeaker(player, this.devices?.choice.speaker ?? "");
    if (!player.srcObject || !player.paused) return;
    try {
      await player.play();
    } catch (fault) {
      if ((fault as DOMException).name === "NotAllowedError") this.silent = true;
    }
  }

  private readonly unsilence = (): void => {
    this.silent = false;
    this.querySelectorAll("audio").forEach((player) => void player.play());
  };

  // What happens.

  private happened(event: RoomEvent): void {
    if (event.type === "meeting.closed") this.devices?.close();
    if (event.type === "meeting.invited") announce(t("%(name)s has been invited", { name: event.person.name }));
    if (event.type === "chat.posted" && !this.chat && event.message.author.id !== this.followed.state?.own.person?.id) {
      toast(t("%(name)s writes: %(text)s", { name: event.message.author.name, text: event.message.text }));
    }
  }

  private fell(person: string, mode: Mode): void {
    const words = fellWords(person, mode);
    say(words);
    toast(words);
    if (mode === "text") this.chat = true;
  }

  private deviceChanged(): void {
    this.requestUpdate();
    this.call?.show(this.own());
    if (this.devices) this.losses.look(this.devices, this.call?.phase.name === "in");
  }

  private own(): Shown {
    const { devices, hand, held } = this;
    return { mic: devices?.micOn ?? false, cam: devices?.camOn ?? false, screen: devices?.screen !== null, hand, held };
  }

  private readonly servers = async (): Promise<readonly RTCIceServer[]> => {
    const room = live().room(this.room, meeting);
    if (room.status.value === "joining") await new Promise<void>((resolve) => room.status.subscribe(() => resolve()));
    const { ice_servers } = (await live().ask({ op: "rtc.ice", room: this.room })) as IceView;
    return ice_servers.map((server) => ({ ...server, urls: [...server.urls] }));
  };

  private readonly widened = (): void => void (this.chat = WIDE.matches);

  private readonly online = (): void => this.call?.tryAgain();

  // What one does.

  private readonly join = (): void => {
    void this.devices?.open(); // meanwhile the others are found; the tracks take their places when they come
    void this.call?.join(this.own());
  };

  private readonly wait = (): Promise<void> => this.waiting.begin().catch(toastRefusal);

  private readonly unwait = (): Promise<void> => this.waiting.end().catch(toastRefusal);

  private readonly leave = (): void => {
    this.call?.leave();
    this.hand = this.held = false;
  };

  private readonly show = (which: Sheet, about = ""): void => {
    this.about = about;
    this.open = which;
  };

  private readonly toggleScreen = async (): Promise<void> => {
    const { devices } = this;
    if (!devices) return;
    if (devices.screen) return devices.unshare();
    try {
      await devices.share();
    } catch (fault) {
      if ((fault as DOMException).name !== "NotAllowedError") toastRefusal(fault); // the person has thought better of it
    }
  };

  private readonly toggleHand = (): void => {
    this.hand = !this.hand;
    this.call?.show(this.own());
    say(this.hand ? t("Your hand is raised") : t("Your hand is lowered"));
  };

  private readonly toggleHold = (): void => {
    this.held = !this.held;
    this.call?.show(this.own());
    say(this.held ? t("On hold: nobody sees or hears you") : t("You are back"));
  };

  private readonly toggleChat = (): void => {
    this.chat = !this.chat;
    if (this.chat) void this.updateComplete.then(() => document.getElementById("chat-text")?.focus());
  };

  private readonly extend = (): Promise<void> => this.act(() => this.followed.send({ op: "call.extend" }), t("Five more minutes"));

  private readonly bring = (person: string): Promise<void> =>
    this.act(() => this.followed.send({ op: "call.bring", person }), t("Your colleague has been told"));

  private readonly block = (person: string, blocked: boolean): Promise<void> =>
    this.act(() => this.followed.send(blocked ? { op: "person.block", person } : { op: "person.unblock", person }), blocked ? t("Blocked") : t("Not blocked any more"));

  private readonly report = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const given = new FormData(form);
    const person = String(given.get("person"));
    const reason = given.get("reason") as ReportReason;
    await this.act(() => this.followed.send({ op: "person.report", person, reason, text: String(given.get("text") ?? "") }), t("The organisers have been told"));
    if (given.has("block")) await this.block(person, true);
    form.closest("dialog")?.close();
  };

  private readonly save = async (addresses: boolean): Promise<void> => {
    if (this.call) download("plenary-call.json", await supportBundle(this.call, addresses));
  };

  private async act(send: () => Promise<unknown>, said: string): Promise<void> {
    try {
      await send();
      toast(said);
    } catch (error) {
      toastRefusal(error);
    }
  }

  private readonly keyed = (event: KeyboardEvent): void => {
    if (this.call?.phase.name !== "in" || !this.devices) return;
    const { devices } = this;
    const acts: Record<string, () => void> = {
      m: () => void devices.set("mic", !devices.micOn),
      v: () => void devices.set("cam", !devices.camOn),
      s: () => void this.toggleScreen(),
      h: this.toggleHand,
      c: this.toggleChat,
      "?": () => this.show("keys"),
    };
    const act = acts[shortcut(event)?.toLowerCase() ?? ""];
    if (!act) return;
    event.preventDefault();
    act();
  };
}

const ENDS = {
  left: () => [t("You have left the call"), t("The others may still be talking.")] as const,
  replaced: () => [t("The call goes on elsewhere"), t("You have joined it in another window or on another device.")] as const,
  closed: () => [t("This talk is over"), t("What was written stays here for you.")] as const,
  expired: () => [t("You were away for too long"), t("Your place in the call has been given up.")] as const,
};
