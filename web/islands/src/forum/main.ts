// Every island registers its element when it is imported.
import "./ask";
import "./countdown";
import "./doors";
import "./live/broadcast";
import "./moderation/console";
import "./news";
import "./own-questions";
import "./polls";
import "./questions";
import "./reactions";
import "./screen";
import "./session-head";
import "./speaker";
import "./stage";
import "./theatre";
