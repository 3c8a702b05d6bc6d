// Every island registers its element when it is imported.
import "./desk";
import "./people";
import "./present";
import "./unread";
