import { customElement } from "lit/decorators.js";

/** Follows work that takes a while: loads its own part of the page again, until the server no longer marks it as `running`. */
@customElement("plenary-refresh")
export class Refresh extends HTMLElement {
  private timer = 0;

  connectedCallback(): void {
    this.plan();
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.timer);
  }

  private plan(): void {
    if (this.hasAttribute("running")) this.timer = window.setTimeout(() => void this.load(), 2000);
  }

  private async load(): Promise<void> {
    // Somebody who is about to press a button keeps it under their finger.
    if (!this.contains(document.activeElement)) {
      try {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector<Refresh>(`#${this.id}`);
        if (answer.ok && fresh) {
          this.replaceChildren(...fresh.childNodes);
          this.toggleAttribute("running", fresh.hasAttribute("running"));
        }
      } catch {
        // The connection is gone for a moment; the next turn tries again.
      }
    }
    this.plan();
  }
}
