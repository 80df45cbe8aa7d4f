// What ESLint looks for in static/js. Layout is the formatter's; a promise that nobody waits for loses words in the field.

import js from "@eslint/js";
import { fileURLToPath, URL } from "node:url";
import ts from "typescript-eslint";

// What the tests take from Node itself.
const NODE = ["Buffer", "Event", "EventTarget", "Response", "URL", "crypto", "navigator"];

export default [
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["static/js/**/*.js"],
    languageOptions: {
      parser: ts.parser,
      parserOptions: {
        project: ["tsconfig.json", "tsconfig.worker.json"].map((name) => fileURLToPath(new URL(name, import.meta.url))),
      },
    },
    plugins: { "@typescript-eslint": ts.plugin },
    rules: {
      ...js.configs.recommended.rules,
      "no-undef": "off", // tsc says it, and knows what a browser has
      "no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/await-thenable": "error",
    },
  },
  // Read by browsers that know no catch without a name.
  { files: ["static/js/look.js"], rules: { "no-unused-vars": ["error", { caughtErrors: "none" }] } },
  {
    files: ["tests/scripts/**/*.js"],
    languageOptions: { globals: Object.fromEntries(NODE.map((name) => [name, "readonly"])) },
    rules: js.configs.recommended.rules,
  },
];
