// Every island registers its element when it is imported.
import "./announcements";
import "./connection";
import "./file-choice";
import "./menus";
import "./panels";
import "./tabs";
import "./toasts";
import "./upload";
import { keepWordsWhole } from "./words";
import { tellZone } from "./zone";

tellZone();
keepWordsWhole(document);
document.documentElement.classList.add("alive");
