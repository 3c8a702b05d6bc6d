// Every island registers its element when it is imported here.
import "./elements/announcements";
import "./elements/ask";
import "./elements/channels";
import "./elements/chat";
import "./elements/connection";
import "./elements/countdown";
import "./elements/menus";
import "./elements/moderation/console";
import "./elements/news";
import "./elements/now";
import "./elements/own-questions";
import "./elements/panels";
import "./elements/people";
import "./elements/present";
import "./elements/programme";
import "./elements/questions";
import "./elements/reactions";
import "./elements/screen";
import "./elements/session-head";
import "./elements/speaker";
import "./elements/stage";
import "./elements/starred";
import "./elements/toasts";
import { tellZone } from "./elements/zone";

tellZone();
document.documentElement.classList.add("alive");
