import { LitElement } from "lit";
import { customElement } from "lit/decorators.js";

interface Layout {
  readonly query: string;
  /** The tabs; every other panel is always shown. */
  readonly tabs: readonly string[];
}

const LAYOUTS: readonly Layout[] = [
  { query: "(min-width: 84rem)", tabs: ["chat", "polls", "people"] },
  // A phone held sideways, or a window at 200 %, has no height for a stage above the rest (web/styles/forum/session.css).
  { query: "(min-width: 60rem), (min-width: 40rem) and (max-height: 32rem) and (orientation: landscape)", tabs: ["questions", "chat", "polls", "people"] },
  { query: "all", tabs: ["questions", "chat", "polls", "people", "about"] },
];

/** Turns those panels of a session into tabs that do not fit side by side. Without it they are stacked. */
@customElement("plenary-panels")
export class Panels extends LitElement {
  private chosen = "";
  private readonly queries = LAYOUTS.map((layout) => matchMedia(layout.query));
  private readonly arrange = () => this.show(this.chosen);
  private stage: ResizeObserver | null = null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.chosen = location.hash.replace(/^#(panel|tab)-/, "");
    this.querySelector(".session-tabs")?.setAttribute("role", "tablist");
    for (const query of this.queries) query.addEventListener("change", this.arrange);
    this.addEventListener("click", this.pressed);
    this.addEventListener("keydown", this.keyed);
    this.arrange();
    const stage = this.querySelector<HTMLElement>(".session-stage");
    if (!stage) return;
    this.stage = new ResizeObserver(([entry]) => {
      const sticky = getComputedStyle(stage).position === "sticky";
      this.style.setProperty("--stage-block", sticky ? `${entry?.contentRect.height ?? 0}px` : "0px");
    });
    this.stage.observe(stage);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stage?.disconnect();
    for (const query of this.queries) query.removeEventListener("change", this.arrange);
  }

  private show(name: string): void {
    const place = this.queries.findIndex((query) => query.matches);
    const tabs = LAYOUTS[place]?.tabs ?? [];
    const chosen = tabs.includes(name) ? name : (tabs[0] ?? "");
    this.classList.toggle("session-narrow", place === LAYOUTS.length - 1);
    for (const tab of this.tabs) {
      const of = nameOf(tab);
      const selected = of === chosen;
      tab.hidden = !tabs.includes(of);
      tab.role = "tab";
      tab.setAttribute("aria-selected", String(selected));
      tab.setAttribute("aria-controls", `panel-${of}`);
      tab.tabIndex = selected ? 0 : -1;
      const panel = document.getElementById(`panel-${of}`);
      if (!panel) continue;
      panel.hidden = tabs.includes(of) && !selected;
      if (tabs.includes(of)) panel.setAttribute("role", "tabpanel");
      else panel.removeAttribute("role");
      panel.setAttribute("aria-labelledby", tabs.includes(of) ? tab.id : `heading-${of}`);
    }
    this.dispatchEvent(new CustomEvent("panel-shown", { detail: chosen, bubbles: true }));
  }

  private get tabs(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(".session-tabs .tab")];
  }

  private choose(tab: HTMLElement, focus: boolean): void {
    this.chosen = nameOf(tab);
    history.replaceState(null, "", `#panel-${this.chosen}`);
    this.show(this.chosen);
    if (focus) tab.focus();
  }

  private readonly pressed = (event: Event) => {
    const tab = (event.target as Element).closest<HTMLElement>(".session-tabs .tab");
    if (!tab) return;
    event.preventDefault();
    this.choose(tab, true);
  };

  private readonly keyed = (event: KeyboardEvent) => {
    const tab = (event.target as Element).closest<HTMLElement>(".session-tabs .tab");
    if (!tab) return;
    const tabs = this.tabs.filter((each) => !each.hidden);
    const onward = getComputedStyle(this).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: -1, Home: -tabs.length, End: tabs.length, [onward]: 1 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = tabs.indexOf(tab) + step;
    const next = Math.abs(step) === 1 ? tabs[(at + tabs.length) % tabs.length] : tabs[Math.max(0, Math.min(at, tabs.length - 1))];
    if (next) this.choose(next, true);
  };
}

function nameOf(tab: HTMLElement): string {
  return tab.id.replace("tab-", "");
}
