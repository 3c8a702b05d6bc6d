// Every island registers its element when it is imported.
import "./note";
