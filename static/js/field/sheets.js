// What opens over the page for photos, fetched when it is wanted first: the camera, and one photo large.

import * as photoStep from "./photo_step.js";
import * as viewfinder from "./viewfinder.js";

export { photoStep, viewfinder };
