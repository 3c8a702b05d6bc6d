import { LitElement } from "lit";
import { customElement } from "lit/decorators.js";
import { t } from "../i18n";
import { live, type Identity, type Notified } from "../live/index";
import { toast } from "../shell/announce";
import { slotText } from "../shell/session-time";

/** The text of a notification; empty for one that the current page shows itself. */
function words({ kind, values }: Notified): string {
  const question = values["question"] ?? "";
  switch (kind) {
    case "answering":
      return t("Your question is being answered now: “%(question)s”", { question });
    case "answer":
      return t("Your question has a written answer: “%(question)s”", { question });
    case "role":
      return t("You have a new role in a session.");
    case "contact":
      return t("%(name)s of %(booth)s is handling your request.", { name: values["name"] ?? "", booth: values["booth"] ?? "" });
    case "meeting":
      return t("%(name)s of %(booth)s invites you to a call.", { name: values["name"] ?? "", booth: values["booth"] ?? "" });
    case "lead.asked":
      return t("%(name)s of %(booth)s asks for your contact.", { name: values["name"] ?? "", booth: values["booth"] ?? "" });
    case "application.review":
      return t("The organisers are looking at the application of %(booth)s.", { booth: values["booth"] ?? "" });
    case "application.accepted":
      return t("Welcome to the exhibition: the booth of %(booth)s is ready.", { booth: values["booth"] ?? "" });
    case "application.declined":
      return t("The application of %(booth)s has been declined.", { booth: values["booth"] ?? "" });
    case "booth.approved":
      return t("The texts of %(booth)s have been approved.", { booth: values["booth"] ?? "" });
    case "booth.declined":
      return t("The texts of %(booth)s have been declined.", { booth: values["booth"] ?? "" });
    case "staff.you":
      return t("You are on the staff of %(booth)s now. You can leave it on the booth's page.", { booth: values["booth"] ?? "" });
    case "organisation.member":
      return t("You are a member of %(organisation)s now. You can leave it on its page.", { organisation: values["organisation"] ?? "" });
    case "entry.approved":
      return t("“%(entry)s” has been published.", { entry: values["entry"] ?? "" });
    case "entry.declined":
      return t("The organisers ask for changes to “%(entry)s”.", { entry: values["entry"] ?? "" });
    case "entry.comment":
      return t("There is a new comment on “%(entry)s”.", { entry: values["entry"] ?? "" });
    case "entry.expiring":
      return t("“%(entry)s” expires within a week. Renew it to keep it listed.", { entry: values["entry"] ?? "" });
    case "entry.expired":
      return t("“%(entry)s” has expired. Renew it to show it again.", { entry: values["entry"] ?? "" });
    case "peer_review.new":
      return t("The organisers ask you for a second look at “%(entry)s”.", { entry: values["entry"] ?? "" });
    case "peer_review.written":
      return t("A second look at “%(entry)s” has been written.", { entry: values["entry"] ?? "" });
    case "interest.closed":
      return t("“%(entry)s” was deleted, so your request is closed.", { entry: values["entry"] ?? "" });
    case "reader.new":
      return t("%(name)s asks to read the documents of “%(entry)s”.", { name: values["name"] ?? "", entry: values["entry"] ?? "" });
    case "reader.approved":
      return t("You can now read the documents of “%(entry)s”.", { entry: values["entry"] ?? "" });
    case "reader.refused":
      return t("The documents of “%(entry)s” are not shared with you.", { entry: values["entry"] ?? "" });
    case "interest.new":
      return t("%(name)s is interested in “%(entry)s”.", { name: values["name"] ?? "", entry: values["entry"] ?? "" });
    case "interest.accepted":
      return t("Your request about “%(entry)s” has been accepted.", { entry: values["entry"] ?? "" });
    case "interest.declined":
      return t("Your request about “%(entry)s” has been declined.", { entry: values["entry"] ?? "" });
    case "search.match":
      return t("New entries match your search “%(search)s”.", { search: values["search"] ?? "" });
    case "staff.new":
      return t("%(name)s is on the staff of %(booth)s now.", { name: values["name"] ?? "", booth: values["booth"] ?? "" });
    case "session.moved":
      return moved(values);
    case "programme.changed":
      return t("%(count)s of your sessions at %(conference)s have changed.", { count: values["count"] ?? "", conference: values["conference"] ?? "" });
    case "session.late":
      return t("Nobody has started “%(session)s” yet.", { session: values["session"] ?? "" });
    case "session.cancelled":
      return t("“%(session)s” is cancelled.", { session: values["session"] ?? "" });
    case "session.reinstated":
      return t("“%(session)s” takes place after all.", { session: values["session"] ?? "" });
    case "report":
      return t("Someone has been reported to the organisers.");
    case "file.removed":
      return t("An organiser has taken down “%(file)s” from %(booth)s.", { file: values["file"] ?? "", booth: values["booth"] ?? "" });
    default:
      return "";
  }
}

/** “Opening” has moved: Sun, Dec 6, 11:30–12:10 CET (5:30 your time), Hall A */
function moved(values: Readonly<Record<string, string>>): string {
  const { session = "", place = "", zone = "UTC", starts_at = "", ends_at = "" } = values;
  const time = slotText({ starts_at, ends_at }, live().now(), zone);
  return t("“%(session)s” has moved: %(slot)s", { session, slot: place ? `${time}, ${place}` : time });
}

/** Shows each new notification of the person, on every page. */
@customElement("plenary-desk")
export class PersonalDesk extends LitElement {
  private stops: (() => void)[] = [];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
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
    const text = words(notice);
    if (!text || (notice.kind === "session.moved" && location.pathname.startsWith(notice.href))) return; // the session's page says it itself
    const href = notice.href || (notice.values["room"] ? `/rooms/${notice.values["room"]}` : "");
    const here = [...document.querySelectorAll("[room]")].some((each) => href.endsWith(`/${each.getAttribute("room")}`));
    toast(text, href && !here ? { act: { label: t("Go there"), run: () => location.assign(href) } } : {});
  }
}
