import { Observable } from "../../live/observable";
import type { Tracks } from "./negotiation";
import { SoundMixer } from "./sound-mixer";

export type Kind = "mic" | "cam";

/** Why a device cannot be opened. */
export type Cause = "denied" | "missing" | "busy" | "insecure" | "unknown";

/** The person's choices, kept in localStorage. A device "" leaves the choice to the browser. */
export interface DeviceChoice {
  readonly mic: string;
  readonly cam: string;
  readonly speaker: string;
  readonly micOn: boolean;
  readonly camOn: boolean;
  /** The page before a call has been passed once. */
  readonly passed: boolean;
}

const KEPT = "plenary-call-devices";
const FIRST: DeviceChoice = { mic: "", cam: "", speaker: "", micOn: true, camOn: true, passed: false };
const FAULTS: Readonly<Record<string, Cause>> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
  InsecureError: "insecure",
};

function causeOf(fault: unknown): Cause {
  return FAULTS[(fault as DOMException).name] ?? "unknown";
}

const INSECURE = "InsecureError"; // ours: a page without HTTPS has no devices
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 24, max: 30 } };
const SCREEN_SOUND = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** The person's camera, microphone and shared screen. A track that ends is opened again, at once or when a device is plugged in. */
export class Devices {
  readonly changed = new Observable(0);
  readonly faults: Record<Kind, Cause | null> = { mic: null, cam: null };
  mic: MediaStreamTrack | null = null;
  cam: MediaStreamTrack | null = null;
  screen: MediaStreamTrack | null = null;
  private screenSound: MediaStreamTrack | null = null;
  private readonly mixer = new SoundMixer();
  list: readonly MediaDeviceInfo[] = [];
  choice: DeviceChoice = { ...FIRST, ...kept() };
  private taking: Record<Kind, Promise<Cause | null> | null> = { mic: null, cam: null }; // another object after `close`

  constructor() {
    navigator.mediaDevices?.addEventListener("devicechange", this.plugged);
    document.addEventListener("visibilitychange", this.looked);
  }

  get micOn(): boolean {
    return this.mic !== null && this.mic.enabled;
  }

  get camOn(): boolean {
    return this.cam !== null;
  }

  /** The tracks to send; `held`: none. */
  tracks(held: boolean): Tracks {
    if (held) return { audio: null, camera: null, screen: null };
    return { audio: this.mixer.mix(this.mic, this.screenSound), camera: this.cam, screen: this.screen };
  }

  /** The device in use. It may differ from the choice, for example while that is unplugged. */
  used(kind: Kind | "speaker"): string {
    return (kind === "speaker" ? "" : this[kind]?.getSettings().deviceId) || this.choice[kind];
  }

  /** Opens what the person last had on, if it is not open yet. Faults are in `faults`. */
  async open(): Promise<void> {
    const { micOn, camOn } = this.choice;
    await Promise.all([micOn && !this.mic ? this.take("mic") : null, camOn && !this.cam ? this.take("cam") : null]);
    await this.look();
  }

  /** A muted microphone stays open, so that unmuting is immediate. A camera that is off is closed, so that its light goes out. */
  async set(kind: Kind, on: boolean): Promise<void> {
    this.keep(kind === "mic" ? { micOn: on } : { camOn: on });
    if (kind === "mic" && this.mic) {
      this.mic.enabled = on;
    } else if (on) {
      await this.take(kind);
    } else {
      this.put(kind, null);
    }
    this.notify();
  }

  /** Switches to a device. If it cannot be opened, the current one stays in use; returns why. */
  async choose(kind: Kind | "speaker", id: string): Promise<Cause | null> {
    const before = this.used(kind);
    this.keep({ [kind]: id });
    let cause: Cause | null = null;
    if (kind !== "speaker" && this[kind]) {
      await this.taking[kind]; // what is being opened now is the former choice
      cause = await this.take(kind, before);
    }
    this.notify();
    return cause;
  }

  async share(): Promise<void> {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: SCREEN_SOUND });
    const [track] = stream.getVideoTracks();
    if (!track) return;
    track.contentHint = "detail"; // text must stay readable
    track.addEventListener("ended", () => this.screen === track && this.unshare());
    this.screen?.stop();
    this.screenSound?.stop();
    this.screen = track;
    this.screenSound = stream.getAudioTracks()[0] ?? null; // not every browser and every surface has sound
    this.notify();
  }

  unshare(): void {
    this.screen?.stop();
    this.screenSound?.stop();
    this.screen = this.screenSound = null;
    this.notify();
  }

  /** Remembers that the check has been passed, so that the next call starts at once. */
  remember(): void {
    this.keep({ passed: true });
  }

  /** Closes everything. */
  close(): void {
    this.taking = { mic: null, cam: null };
    this.faults.mic = this.faults.cam = null;
    this.put("mic", null);
    this.put("cam", null);
    this.unshare();
  }

  dispose(): void {
    this.close();
    this.mixer.close();
    navigator.mediaDevices?.removeEventListener("devicechange", this.plugged);
    document.removeEventListener("visibilitychange", this.looked);
  }

  /** `before`: the device to go back to. */
  private take(kind: Kind, before = ""): Promise<Cause | null> {
    const { taking } = this;
    taking[kind] ??= this.taken(kind, before).finally(() => (taking[kind] = null));
    return taking[kind];
  }

  private async taken(kind: Kind, before: string): Promise<Cause | null> {
    const { taking } = this;
    const stale = () => taking !== this.taking || (kind === "cam" && !this.choice.camOn); // closed in the meantime
    let cause: Cause | null = null;
    try {
      const track = await this.request(kind, this.choice[kind]);
      if (stale()) track.stop();
      else this.use(kind, track);
    } catch (fault) {
      if (taking !== this.taking) return null;
      cause = causeOf(fault);
      await this.keepOrRelease(kind, cause, before, stale);
    }
    this.notify();
    return cause;
  }

  /** The device asked for, else any: Chromium ignores an "ideal" deviceId, so it must be "exact". */
  private async request(kind: Kind, id: string): Promise<MediaStreamTrack> {
    if (!navigator.mediaDevices) throw new DOMException("", INSECURE);
    const open = async (device: MediaTrackConstraints) => {
      const stream = await navigator.mediaDevices.getUserMedia(kind === "mic" ? { audio: { ...device, ...SOUND } } : { video: { ...device, ...PICTURE } });
      return stream.getTracks()[0]!;
    };
    if (!id) return open({});
    try {
      return await open({ deviceId: { exact: id } });
    } catch (fault) {
      if (causeOf(fault) !== "missing") throw fault;
      return open({});
    }
  }

  /** The new device could not be opened. Some phones open one camera at a time, so the old one is closed for a second try. */
  private async keepOrRelease(kind: Kind, cause: Cause, before: string, stale: () => boolean): Promise<void> {
    const old = this[kind];
    if (!old || old.readyState === "ended") {
      this.faults[kind] = cause;
      return this.put(kind, null);
    }
    if (cause !== "busy") return this.keep({ [kind]: before });
    this[kind] = null;
    old.stop();
    try {
      const track = await this.request(kind, this.choice[kind]).catch(() => {
        this.keep({ [kind]: before });
        return this.request(kind, before);
      });
      if (stale()) track.stop();
      else this.use(kind, track);
    } catch (fault) {
      this.faults[kind] = causeOf(fault);
    }
  }

  private use(kind: Kind, track: MediaStreamTrack): void {
    this.faults[kind] = null;
    if (kind === "mic") track.enabled = this.choice.micOn; // muted stays muted with another microphone
    this.put(kind, track);
  }

  private put(kind: Kind, track: MediaStreamTrack | null): void {
    const old = this[kind];
    this[kind] = track;
    if (old && old !== track) old.stop();
    track?.addEventListener("ended", () => {
      if (this[kind] === track) void this.take(kind);
    });
  }

  /** After a visit to another app, a phone may leave a track that looks alive and is silent. */
  private readonly looked = (): void => {
    if (document.visibilityState !== "visible") return;
    for (const kind of ["mic", "cam"] as const) {
      const track = this[kind];
      if (track && (track.readyState === "ended" || track.muted)) void this.take(kind);
    }
  };

  /** A device was plugged in or out: open one if there was none, and go back to the chosen one. */
  private readonly plugged = async (): Promise<void> => {
    await this.look();
    for (const kind of ["mic", "cam"] as const) {
      const wanted = kind === "mic" ? this.choice.micOn : this.choice.camOn;
      const missed = this.faults[kind] === "missing" || this.faults[kind] === "busy";
      if ((wanted && missed) || (this[kind] && this.isBack(kind))) void this.take(kind, this.used(kind));
    }
  };

  private isBack(kind: Kind): boolean {
    const { [kind]: chosen } = this.choice;
    return chosen !== "" && chosen !== this.used(kind) && this.list.some(({ deviceId }) => deviceId === chosen);
  }

  private readonly look = async (): Promise<void> => {
    this.list = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    this.notify();
  };

  private keep(changes: Partial<DeviceChoice>): void {
    this.choice = { ...this.choice, ...changes };
    try {
      localStorage.setItem(KEPT, JSON.stringify(this.choice));
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }

  private notify(): void {
    this.changed.set(this.changed.value + 1);
  }
}

function kept(): Partial<DeviceChoice> | null {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "null") as Partial<DeviceChoice> | null;
  } catch {
    return null;
  }
}
