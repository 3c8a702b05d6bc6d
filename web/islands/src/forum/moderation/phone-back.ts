import type { ReactiveController, ReactiveControllerHost } from "lit";

const NARROW = "(max-width: 52rem)";
const SHOWN = "plenary-question"; // the state of the history entry of a question

/** On a phone a question takes the place of the queue, and the device's own Back leads there again. */
export class PhoneBack implements ReactiveController {
  constructor(
    host: ReactiveControllerHost,
    private readonly wentBack: () => void,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener("popstate", this.wentBack);
  }

  hostDisconnected(): void {
    window.removeEventListener("popstate", this.wentBack);
  }

  /** Whether the question takes the place of the queue. */
  open(): boolean {
    const narrow = matchMedia(NARROW).matches;
    if (narrow && history.state !== SHOWN) history.pushState(SHOWN, "");
    return narrow;
  }

  close(): void {
    if (history.state === SHOWN) history.back();
  }
}
