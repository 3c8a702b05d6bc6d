import { html, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { download, supportBundle } from "./call/bundle";
import { Call } from "./call/call";
import { Devices } from "./call/devices";
import { memoryOf } from "./call/memory";
import type { MediaMode } from "./call/ladder";
import { wireOf } from "./call/wire";
import type { RelayFault, Shown, Wire } from "./call/environment";
import { t } from "../i18n";
import { live, RoomController, type PersonView, type RoomEvent } from "../live/index";
import { callOf, meeting, type MeetingRoom } from "../exhibition/state/booth";
import { unreadIn } from "../chat/state/chat";
import { announce, say, toast } from "../shell/announce";
import { Island } from "../shell/island";
import { shortcut } from "../forum/moderation/keys";
import { notice } from "../shell/parts";
import { toastRefusal } from "../shell/refusal";
import { Ticking } from "../shell/ticking";
import { meetingClock, SOON } from "./clock";
import { CallCommands } from "./commands";
import { sheet, type Sheet } from "./dialogs";
import { ending, refusal } from "./ending";
import { Losses } from "./losses";
import { Sound } from "./sound";
import { StaffTalk } from "./staff-talk";
import { serversOf } from "./servers";
import { tiles } from "./tiles";
import { toolbar } from "./toolbar";
import { Waiting } from "./waiting";
import { modeChangeWords } from "./words";
import "./check";

const WIDE = matchMedia("(min-width: 60rem)"); // the chat fits beside the pictures

/** The call of a meeting: the check before it, the call, and the rating after it. */
@customElement("plenary-call")
export class CallElement extends Island {
  @property() room = "";
  /** The booth's page. */
  @property() back = "";
  /** For the booth's staff. */
  @property({ attribute: "booth-room" }) boothRoom = "";
  @property() meeting = "";
  @state() private hand = false;
  @state() private held = false;
  @state() private chat = WIDE.matches;
  @state() private open: Sheet | null = null;
  @state() private about = "";
  @state() private watched = "";
  private departed: PersonView | null = null;
  private warned = 0; // the end that was announced
  readonly followed = new RoomController(this, meeting, () => this.room, { onEvent: (event) => this.happened(event) });
  private readonly commands = new CallCommands((command) => this.followed.send(command));
  devices: Devices | null = null;
  call: Call | null = null;
  private wire: Wire | null = null;
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
  private readonly talk = new StaffTalk(this);
  private readonly sound = new Sound(this, () => this.devices?.choice.speaker ?? "");
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
    this.wire = wire;
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
      modeChanged: (person, mode) => this.modeChanged(person, mode),
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
    if (call.sharingEnded) toast(t("The reload has stopped sharing your screen."), { act: { label: t("Share again"), run: () => void this.toggleScreen() } });
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
    const around = { room: this.room, back: this.back, state, join: this.join, talk: this.talk };
    if (state.snapshot.closed_at) return ending(around, "closed");
    switch (phase.name) {
      case "ended":
        return ending(around, phase.reason);
      case "refused":
        return refusal(around, phase.problem, this.waiting, { begin: this.wait, end: this.unwait });
      case "joining":
        return html`<div class="call-wait"><span class="spinner" aria-hidden="true"></span><p role="status">${t("Joining the call…")}</p></div>`;
      default:
        return html`<plenary-call-check .devices=${devices} .servers=${this.servers} @join=${this.join}></plenary-call-check>`;
    }
  }

  private inside(call: Call, devices: Devices, state: MeetingRoom) {
    const name = state.own.person?.name ?? "";
    const noticed = call.departed !== null && this.talk.open;
    return html`<section class="call" aria-labelledby="call-heading">
        <h2 class="call-title" id="call-heading" tabindex="-1">${t("In this call")}</h2>
        ${meetingClock(state, this.commands.extend)}
        ${this.sound.blocked ? notice(html`<div class="row row-apart"><p>${t("Your browser has muted the sound.")}</p><button class="button button-small button-primary" @click=${this.sound.unblock}>${t("Turn sound on")}</button></div>`, { kind: "warning", symbol: "silence" }) : nothing}
        ${noticed ? notice(html`<div class="row row-apart"><p>${t("%(name)s has left.", { name: call.departed?.name ?? "" })}</p>${this.talk.button()}</div>`, { symbol: "people" }) : nothing}
        ${tiles(call, devices, { name, hand: this.hand, held: this.held, noticed, watched: this.watched, watch: (peer) => (this.watched = peer) }, false)}
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
      ${this.open ? sheet(this.open, { call, devices, state, about: this.about, report: this.commands.report, bring: this.commands.bring, block: this.commands.block, open: this.show, save: this.save }, () => (this.open = null)) : nothing}`;
  }

  protected override willUpdate(): void {
    const departed = this.call?.departed ?? null;
    if (departed && departed !== this.departed) say(t("%(name)s has left.", { name: departed.name }));
    this.departed = departed;
    const state = this.followed.state;
    const end = state && this.call?.phase.name === "in" ? Date.parse(callOf(state).ends_at ?? "") : NaN;
    if (end - live().now() < SOON && end !== this.warned) {
      this.warned = end;
      say(t("Two minutes left. You can add five more."));
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
      if (name === "ended" || name === "refused") this.devices?.close(); // no camera stays on that the page does not show
      if (!first && name !== "joining") this.querySelector<HTMLElement>("#call-heading, #check-heading")?.focus();
      if (name === "in") this.waiting.stop();
      if (name === "in") say(t("You are in the call. Press the question mark for its keys."));
    }
    const dialog = this.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
  }

  // Events

  private happened(event: RoomEvent): void {
    if (event.type === "meeting.closed") this.devices?.close();
    if (event.type === "meeting.invited") announce(t("%(name)s has been invited", { name: event.person.name }));
    if (event.type === "chat.posted" && !this.chat && event.message.author.id !== this.followed.state?.own.person?.id) {
      toast(t("%(name)s writes: %(text)s", { name: event.message.author.name, text: event.message.text }));
    }
  }

  private modeChanged(person: string, mode: MediaMode): void {
    const words = modeChangeWords(person, mode);
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

  private readonly servers = (fault?: RelayFault) => (this.wire ? serversOf(this.wire, fault) : Promise.resolve([]));

  private readonly widened = (): void => void (this.chat = WIDE.matches);

  private readonly online = (): void => this.call?.tryAgain();

  // Actions

  private readonly join = (): void => {
    void this.devices?.open(); // in parallel with joining: tracks are sent as soon as they are open
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
      if ((fault as DOMException).name !== "NotAllowedError") toastRefusal(fault); // the person cancelled
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

  private readonly save = async (addresses: boolean): Promise<void> => {
    if (this.call) download("plenary-call.json", await supportBundle(this.call, addresses));
  };

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
