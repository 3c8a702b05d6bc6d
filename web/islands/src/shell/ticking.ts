import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Renders an element periodically while its page is visible, for content that depends on the clock. */
export class Ticking implements ReactiveController {
  private timer = 0;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly ms: number,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener("visibilitychange", this.begin);
    this.begin();
  }

  hostDisconnected(): void {
    document.removeEventListener("visibilitychange", this.begin);
    window.clearInterval(this.timer);
  }

  private readonly begin = (): void => {
    window.clearInterval(this.timer);
    if (document.visibilityState === "hidden") return;
    this.host.requestUpdate();
    this.timer = window.setInterval(() => this.host.requestUpdate(), this.ms);
  };
}
