import { LitElement, type PropertyValues } from "lit";
import { keepDrafts } from "./drafts";

/**
 * An element that takes over what the server has drawn, in the light DOM. The server's drawing stays until the island knows enough
 * (`ready`), so nothing flashes; what was typed into it, and where the focus stood, is carried over.
 */
export abstract class Island extends LitElement {
  private taken = false;

  /** Whether there is something to draw. */
  protected abstract get ready(): boolean;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override shouldUpdate(_changed: PropertyValues): boolean {
    if (!this.taken && this.ready) this.takeOver();
    return this.taken;
  }

  private takeOver(): void {
    this.taken = true;
    keepDrafts(this);
    const active = document.activeElement;
    const focused = active instanceof HTMLElement && this.contains(active) ? active : null;
    const place = focused instanceof HTMLTextAreaElement ? ([focused.selectionStart, focused.selectionEnd] as const) : null;
    this.replaceChildren();
    if (!focused?.id) return;
    void this.updateComplete.then(() => {
      const heir = document.getElementById(focused.id);
      heir?.focus({ preventScroll: true });
      if (place && heir instanceof HTMLTextAreaElement) heir.setSelectionRange(...place);
    });
  }

  /** After the next drawing, so that what is asked for is there. */
  protected async focusOn(selector: string): Promise<void> {
    await this.updateComplete;
    this.querySelector<HTMLElement>(selector)?.focus();
  }
}
