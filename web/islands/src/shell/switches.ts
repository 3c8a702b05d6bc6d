import { html, nothing, type ReactiveControllerHost } from "lit";
import { live } from "lit/directives/live.js";
import { toastRefusal } from "./refusal";

/** How long a switch waits for the room to show the accepted value. It may never, for example if a colleague turned it back immediately. */
const PATIENCE = 4_000;

interface Choice {
  readonly on: boolean;
  agreed: boolean;
}

/** The switches of an element. Each keeps the position chosen by the person until the room shows it, despite other updates. If refused, it goes back. */
export class Switches {
  private readonly choices = new Map<string, Choice>();

  constructor(private readonly host: ReactiveControllerHost) {}

  /** `on`: as the room shows it. `send` resolves when the server has agreed. */
  draw(name: string, on: boolean, send: (on: boolean) => Promise<unknown>, hint = "") {
    const turn = (event: Event) => void this.turn(name, (event.target as HTMLInputElement).checked, send);
    return html`<label class="check"
      ><input type="checkbox" role="switch" .checked=${live(this.shown(name, on))} @change=${turn} /><span
        >${name}${hint ? html`<small class="soft">${hint}</small>` : nothing}</span
      ></label
    >`;
  }

  private shown(name: string, on: boolean): boolean {
    const choice = this.choices.get(name);
    if (choice?.agreed && choice.on === on) this.choices.delete(name);
    return choice?.on ?? on;
  }

  private async turn(name: string, on: boolean, send: (on: boolean) => Promise<unknown>): Promise<void> {
    const choice = { on, agreed: false };
    this.choices.set(name, choice);
    try {
      await send(on);
      choice.agreed = true;
      this.host.requestUpdate();
      setTimeout(() => this.forget(name, choice), PATIENCE);
    } catch (error) {
      toastRefusal(error);
      this.forget(name, choice);
    }
  }

  private forget(name: string, choice: Choice): void {
    if (this.choices.get(name) !== choice) return;
    this.choices.delete(name);
    this.host.requestUpdate();
  }
}
