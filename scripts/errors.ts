/** The table of error codes in the docs, from their registry. */
import { ERROR_HINTS } from "../src/errors.ts";
import { COMMAND } from "./pushes/words.ts";

/** The document, unformatted. */
export function errorsDocument(): string {
  const rows = Object.entries(ERROR_HINTS).map(([code, hint]) => `| \`${code}\` | ${hint} |`);
  return [
    `<!-- Generated from src/errors.ts. Do not edit: run \`${COMMAND}\`. -->`,
    "",
    "# Error codes",
    "",
    "Every error that wechat-edge throws has one of these as its `code`, and the second column as its `hint`. Compare",
    "the code and not the class: `instanceof` does not survive a call to a Durable Object.",
    "",
    "wechat-edge 抛出的每个错误都带有下表中的 `code`，第二列就是它的 `hint`（该怎么办）。请比较 `code`，不要用 `instanceof`。",
    "",
    "| code | what to do |",
    "| --- | --- |",
    ...rows,
    "",
  ].join("\n");
}
