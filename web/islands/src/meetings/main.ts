// Every island registers its element when it is imported.
import "./call-island";
import "./called";
import "./rounds";
