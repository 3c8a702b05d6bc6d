import { html, nothing, type ReactiveControllerHost } from "lit";
import { booth, type BoothRoom } from "../exhibition/state/booth";
import { t } from "../i18n";
import { RoomController, type PlaceView } from "../live/index";
import { toastRefusal } from "../shell/refusal";

interface Host extends ReactiveControllerHost {
  /** The room of the booth that the person serves; "" for visitors. */
  readonly boothRoom: string;
  readonly meeting: string;
  readonly back: string;
}

/** The talk as a turn of the booth's queue, for the staff: finishing it lets the queue move on. */
export class StaffTalk {
  private readonly followed: RoomController<BoothRoom>;

  constructor(private readonly host: Host) {
    this.followed = new RoomController(host, booth, () => host.boothRoom);
  }

  /** Whether there is a turn to finish. */
  get open(): boolean {
    return this.place !== undefined;
  }

  button() {
    if (!this.open) return nothing;
    return html`<button class="button button-primary" @click=${this.finish}>${this.queued ? t("Finish and call the next one") : t("Finish the talk")}</button>`;
  }

  private get places(): readonly PlaceView[] {
    return this.followed.state?.snapshot.desk?.places ?? [];
  }

  private get place(): PlaceView | undefined {
    return this.places.find(({ state, meeting }) => state === "talking" && meeting === this.host.meeting);
  }

  private get queued(): boolean {
    return this.places.some(({ state }) => state === "waiting");
  }

  private readonly finish = async (): Promise<void> => {
    const { place, queued } = this;
    if (!place) return;
    try {
      await this.followed.send({ op: "queue.finish", place: place.id });
      if (queued) await this.followed.send({ op: "queue.call" });
    } catch (error) {
      toastRefusal(error);
      if (this.open) return; // the talk goes on
    }
    location.assign(this.host.back);
  };
}
