// Every island registers its element when it is imported.
import "./brochures";
import "./hall";
import "./lead";
import "./leads";
import "./queue";
