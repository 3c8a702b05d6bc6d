// Every island registers its element when it is imported here.
import "./elements/ask";
import "./elements/chat";
import "./elements/connection";
import "./elements/moderation/console";
import "./elements/news";
import "./elements/own-questions";
import "./elements/panels";
import "./elements/people";
import "./elements/questions";
import "./elements/session-head";
import "./elements/stage";
import "./elements/toasts";

document.documentElement.classList.add("alive");
