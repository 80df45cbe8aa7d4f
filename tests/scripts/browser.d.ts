// What tsc cannot know of the pages and the browsers of this house.

// Elements are found by attributes of our own, which say nothing of their kind.
interface ParentNode {
  querySelector(selectors: string): any;
  querySelectorAll(selectors: string): NodeListOf<any>;
}
interface Element {
  closest(selectors: string): any;
}
interface NonElementParentNode {
  getElementById(elementId: string): any;
}
interface Document {
  getElementById(elementId: string): any;
}

// Events of our own, and those of htmx, carry what they are about.
interface Event {
  readonly detail: any;
}

interface Window {
  htmx?: any;
}
interface Navigator {
  standalone?: boolean; // Safari on a home screen
}

/** A row of the phone's ledger: an operation, and what has become of it. */
interface Operation {
  id: string;
  kind: string;
  v: 1;
  account: string;
  who: string;
  captured_at: string; // ISO 8601, UTC, by the phone's clock
  payload: any;
  times: { mono_ms: number; page_opened_ms: number; zone_minutes: number };
  state: "waiting" | "sent" | "refused" | "aside";
  about: string; // in words, for the outbox
  before?: string; // the device under which this phone said something else before
  order?: number; // place in this phone's line
  device?: string;
  seq?: number;
  words?: string; // of the server
  tries?: number;
  receipt?: string;
}

/** Chromium's offer to put the page on the home screen. */
interface BeforeInstallPromptEvent extends Event {
  prompt(): Promise<unknown>;
}
