import { LitElement, type PropertyValues } from "lit";
import { keepDrafts, showDrafts } from "./drafts";

/**
 * An element that replaces markup rendered by the server, in the light DOM. The server's markup remains until the island is
 * `ready`, so nothing flashes. Input and focus are carried over.
 */
export abstract class Island extends LitElement {
  private taken = false;

  /** Whether the island can render. */
  protected abstract get ready(): boolean;

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.taken) showDrafts(this);
  }

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

  /** Runs after the next rendering, so that the elements exist. */
  protected async focusOn(selector: string): Promise<void> {
    await this.updateComplete;
    this.querySelector<HTMLElement>(selector)?.focus();
  }
}
