// The views of places: the list, one place, a new one, its door, a look-back, and what stands for a page that has no signal.
// 今日 and filling do without them; they come in a file of their own as soon as the first view stands.

import { draw as away } from "./away.js";
import { draw as lookBack } from "./look_back.js";
import { draw as place, drawNew } from "./place.js";
import { draw as places, drawDoor } from "./places.js";

export const VIEWS = { away, door: drawDoor, lookBack, new: drawNew, place, places };
