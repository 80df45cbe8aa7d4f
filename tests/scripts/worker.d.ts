/** The server puts it before the worker: the version, and what belongs to it. */
declare const KEPT: { version: string; files: string[]; shell: string; urgent: string };
