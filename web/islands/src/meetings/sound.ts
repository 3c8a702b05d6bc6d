import type { ReactiveController, ReactiveControllerHost } from "lit";
import { useSpeaker } from "./call/level";

/** Plays the sound of all tiles through the chosen loudspeaker. */
export class Sound implements ReactiveController {
  /** The browser plays nothing before the page has been pressed. */
  blocked = false;

  constructor(
    private readonly host: ReactiveControllerHost & HTMLElement,
    private readonly speaker: () => string,
  ) {
    host.addController(this);
  }

  hostUpdated(): void {
    for (const player of this.players()) void this.play(player);
  }

  /** For a click. */
  readonly unblock = (): void => {
    this.blocked = false;
    for (const player of this.players()) void player.play();
    this.host.requestUpdate();
  };

  private players(): Iterable<HTMLAudioElement> {
    return this.host.querySelectorAll("audio");
  }

  private async play(player: HTMLAudioElement): Promise<void> {
    await useSpeaker(player, this.speaker());
    if (!player.srcObject || !player.paused) return;
    try {
      await player.play();
    } catch (fault) {
      if ((fault as DOMException).name !== "NotAllowedError" || this.blocked) return;
      this.blocked = true;
      this.host.requestUpdate();
    }
  }
}
