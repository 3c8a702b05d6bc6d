import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Renders an element again every so often while it stands in a page that is looked at: what depends on the clock needs no event. */
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
