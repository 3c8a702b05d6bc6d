import { LitElement } from "lit";
import { customElement } from "lit/decorators.js";
import { filled, t } from "../i18n";
import { live, type Identity, type Notified } from "../live/index";
import { toast } from "../shell/announce";
import { momentText, slotText } from "../shell/session-time";

let texts: Readonly<Record<string, string>> | null = null;

/** The text of a notification, from the page: web/notice_texts.py holds the texts of all kinds. Empty for a kind that it does not know. */
function words({ kind, values }: Notified): string {
  texts ??= JSON.parse(document.getElementById("notice-texts")?.textContent || "{}") as Record<string, string>;
  const text = texts[kind];
  if (!text) return "";
  if ("starts_at" in values) return filled(text, { ...values, slot: slot(values) });
  if (values["moment"]) return filled(text, { ...values, time: momentText(values["moment"], live().now(), values["zone"]) });
  return filled(text, values);
}

/** Sun, Dec 6, 11:30–12:10 CET (5:30 your time), Hall A */
function slot(values: Readonly<Record<string, string>>): string {
  const { place = "", zone = "UTC", starts_at = "", ends_at = "" } = values;
  const time = slotText({ starts_at, ends_at }, live().now(), zone);
  return place ? `${time}, ${place}` : time;
}

/** Kinds that the page shows in its own way: meetings/called.ts. */
const SHOWN_ELSEWHERE = new Set(["call"]);

/** Takes the mark of a notification (web/problems.py) off the address: it is no part of what one copies from there. */
function forgetTheWay(): void {
  const here = new URL(location.href);
  if (!here.searchParams.has("notified")) return;
  here.searchParams.delete("notified");
  history.replaceState(history.state, "", here);
}

/** Shows each new notification of the person, on every page: the bell (unread.ts) opens the connection. */
@customElement("plenary-desk")
export class PersonalDesk extends LitElement {
  private stops: (() => void)[] = [];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    forgetTheWay();
    const { identity } = live();
    let stop = () => {};
    const follow = (known: Identity | null) => {
      stop();
      stop = known?.desk?.events((event) => event.type === "desk.notified" && this.tell(event)) ?? (() => {});
    };
    follow(identity.value);
    this.stops = [identity.subscribe(follow), () => stop()];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const stop of this.stops) stop();
  }

  private tell(notice: Notified): void {
    const text = SHOWN_ELSEWHERE.has(notice.kind) ? "" : words(notice);
    if (!text || (notice.kind === "session.moved" && location.pathname.startsWith(notice.href))) return; // the session's page says it itself
    const href = notice.href || (notice.values["room"] ? `/rooms/${notice.values["room"]}` : "");
    const here = [...document.querySelectorAll("[room]")].some((each) => href.endsWith(`/${each.getAttribute("room")}`));
    const open = notice.id ? `/notifications/${notice.id}` : href; // which also marks it as read
    toast(text, href && !here ? { act: { label: t("Go there"), run: () => location.assign(open) } } : {});
  }
}
