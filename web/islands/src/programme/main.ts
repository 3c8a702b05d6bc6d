// Every island registers its element when it is imported.
import "./now";
import "./programme";
import "./starred";
