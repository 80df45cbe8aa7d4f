// Listeners that end with a view. Browsers before Chromium 88 and Safari 15 ignore the option `signal` of addEventListener.

/** Listen until the signal, if there is one, says that the view is left. */
export function listen(target, type, heard, signal) {
  if (signal?.aborted) return;
  target.addEventListener(type, heard);
  signal?.addEventListener("abort", () => target.removeEventListener(type, heard));
}
