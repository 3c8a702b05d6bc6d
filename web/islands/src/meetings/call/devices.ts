import { Observable } from "../../live/observable";
import type { Tracks } from "./negotiation";

export type Kind = "mic" | "cam";

/** Why a device cannot be had. */
export type Cause = "denied" | "missing" | "busy" | "insecure" | "unknown";

/** The devices that the person has chosen, kept by the browser; "": its own choice. */
export interface DeviceChoice {
  readonly mic: string;
  readonly cam: string;
  readonly speaker: string;
  readonly micOn: boolean;
  readonly camOn: boolean;
  /** The check has been passed once. */
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
};

/** The person's camera, microphone and shared screen. A track that dies is taken again, at once or when a device comes back; whoever sends it is told by `changed`. */
export class Devices {
  readonly changed = new Observable(0);
  readonly faults: Record<Kind, Cause | null> = { mic: null, cam: null };
  mic: MediaStreamTrack | null = null;
  cam: MediaStreamTrack | null = null;
  screen: MediaStreamTrack | null = null;
  list: readonly MediaDeviceInfo[] = [];
  choice: DeviceChoice = { ...FIRST, ...kept() };
  private taking: Record<Kind, Promise<void> | null> = { mic: null, cam: null }; // another object once all was let go

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

  /** What is sent; `held`: nothing. */
  tracks(held: boolean): Tracks {
    return held ? { audio: null, camera: null, screen: null } : { audio: this.mic, camera: this.cam, screen: this.screen };
  }

  /** Takes what the person last had on, if it is not open already. Faults are noted, not raised. */
  async open(): Promise<void> {
    const { micOn, camOn } = this.choice;
    await Promise.all([micOn && !this.mic ? this.take("mic") : null, camOn && !this.cam ? this.take("cam") : null]);
    await this.look();
  }

  /** A muted microphone is kept, so that it speaks again at once; a camera that is off is let go, and its light with it. */
  async set(kind: Kind, on: boolean): Promise<void> {
    this.keep(kind === "mic" ? { micOn: on } : { camOn: on });
    if (kind === "mic" && this.mic) {
      this.mic.enabled = on;
    } else if (on) {
      await this.take(kind);
    } else {
      this.put(kind, null);
    }
    this.tell();
  }

  async choose(kind: Kind | "speaker", id: string): Promise<void> {
    this.keep({ [kind]: id });
    if (kind !== "speaker" && this[kind]) await this.take(kind);
    this.tell();
  }

  async share(): Promise<void> {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false });
    const [track] = stream.getVideoTracks();
    if (!track) return;
    track.contentHint = "detail"; // letters are to be read
    track.addEventListener("ended", () => this.unshare());
    this.screen?.stop();
    this.screen = track;
    this.tell();
  }

  unshare(): void {
    this.screen?.stop();
    this.screen = null;
    this.tell();
  }

  /** Remembers that the check has been passed, so that the next call can begin at once. */
  remember(): void {
    this.keep({ passed: true });
  }

  /** Lets all go. */
  close(): void {
    this.taking = { mic: null, cam: null };
    this.faults.mic = this.faults.cam = null;
    this.put("mic", null);
    this.put("cam", null);
    this.unshare();
  }

  dispose(): void {
    this.close();
    navigator.mediaDevices?.removeEventListener("devicechange", this.plugged);
    document.removeEventListener("visibilitychange", this.looked);
  }

  private take(kind: Kind): Promise<void> {
    const { taking } = this;
    taking[kind] ??= this.taken(kind).finally(() => (taking[kind] = null));
    return taking[kind];
  }

  private async taken(kind: Kind): Promise<void> {
    if (!navigator.mediaDevices) {
      this.faults[kind] = "insecure";
      return this.tell();
    }
    const id = this.choice[kind];
    const device = id ? { deviceId: { ideal: id } } : {};
    const wanted: MediaStreamConstraints =
      kind === "mic"
        ? { audio: { ...device, echoCancellation: true, noiseSuppression: true, autoGainControl: true } }
        : { video: { ...device, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 24, max: 30 } } };
    const { taking } = this;
    try {
      const [track] = (await navigator.mediaDevices.getUserMedia(wanted)).getTracks();
      if (taking !== this.taking || (kind === "cam" && !this.choice.camOn)) return track?.stop(); // let go before it had come
      this.faults[kind] = null;
      if (kind === "mic" && track) track.enabled = this.choice.micOn; // who was muted stays so with another one
      this.put(kind, track ?? null);
    } catch (fault) {
      if (taking !== this.taking) return;
      this.faults[kind] = FAULTS[(fault as DOMException).name] ?? "unknown";
      this.put(kind, null);
    }
    this.tell();
  }

  private put(kind: Kind, track: MediaStreamTrack | null): void {
    const old = this[kind];
    this[kind] = track;
    if (old && old !== track) old.stop();
    track?.addEventListener("ended", () => {
      if (this[kind] === track) void this.take(kind);
    });
  }

  /** Back from another page a phone may leave us a track that looks alive and gives nothing. */
  private readonly looked = (): void => {
    if (document.visibilityState !== "visible") return;
    for (const kind of ["mic", "cam"] as const) {
      const track = this[kind];
      if (track && (track.readyState === "ended" || track.muted)) void this.take(kind);
    }
  };

  /** Something was plugged in or out: whoever was left without takes what there is now. */
  private readonly plugged = (): void => {
    for (const kind of ["mic", "cam"] as const) {
      const wanted = kind === "mic" ? this.choice.micOn : this.choice.camOn;
      if (wanted && (this.faults[kind] === "missing" || this.faults[kind] === "busy")) void this.take(kind);
    }
    void this.look();
  };

  private readonly look = async (): Promise<void> => {
    this.list = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    this.tell();
  };

  private keep(changes: Partial<DeviceChoice>): void {
    this.choice = { ...this.choice, ...changes };
    try {
      localStorage.setItem(KEPT, JSON.stringify(this.choice));
    } catch {
      // The choice holds for this page.
    }
  }

  private tell(): void {
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
