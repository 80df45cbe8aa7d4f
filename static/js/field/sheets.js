// What is seldom wanted for photos, fetched when it is wanted first: the camera, one photo large, where it was taken.

import * as photoStep from "./photo_step.js";
import * as viewfinder from "./viewfinder.js";
import * as whereTaken from "./where_taken.js";

export { photoStep, viewfinder, whereTaken };
