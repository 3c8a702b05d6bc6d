// Every island registers its element when it is imported.
import "./announcements";
import "./connection";
import "./menus";
import "./panels";
import "./tabs";
import "./toasts";
import "./upload";
import { tellZone } from "./zone";

tellZone();
document.documentElement.classList.add("alive");
