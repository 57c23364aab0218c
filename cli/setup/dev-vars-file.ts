/** Writes `.dev.vars`: sets variables in its text and leaves every other line as it is. */
import { existsSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { parseEnv } from "node:util";
import type { Variables } from "../variables.ts";

/** Nobody but its owner reads it. */
const OWNER_ONLY = 0o600;

const HEADER = `# Secrets of this project, for npm start and the command line. Never commit this file.
# 本项目的密钥，供 npm start 和命令行使用，切勿提交。.dev.vars.example 列出其他变量。
`;

/** An assignment as dotenv reads it, which wrangler does: `export` and quotes over several lines included. */
const ASSIGNMENT =
  /^[^\S\r\n]*(?:export[^\S\r\n]+)?(?<name>[\w.-]+)[^\S\r\n]*=[^\S\r\n]*(?<value>'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`|[^#\r\n]*)/dgm;

/** Values that need no quotes. */
const BARE = /^[^\s#'"`$]+$/;

/**
 * The text with these variables set. Where one stands already, its last assignment, the one that counts, gets the new
 * value; the others are appended.
 *
 * @param text what the file holds; empty: a new one
 * @throws {RangeError} when a value cannot be written
 */
export function withVariables(text: string, values: Variables): string {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const start = text === "" ? HEADER : text;
  return Object.entries(values).reduce((written, [name, value]) => {
    const line = `${name}=${quoted(value)}`;
    const span = lastAssignment(written, name);
    if (span !== undefined) return written.slice(0, span[0]) + line + written.slice(span[1]);
    return `${written}${written.endsWith("\n") ? "" : end}${line}${end}`;
  }, start);
}

function lastAssignment(text: string, name: string): readonly [number, number] | undefined {
  const spans = [...text.matchAll(ASSIGNMENT)].flatMap((match) => {
    const from = match.indices?.groups?.["name"]?.[0];
    if (match.groups?.["name"] !== name || from === undefined) return [];
    return [[from, match.index + match[0].trimEnd().length] as const];
  });
  return spans.at(-1);
}

/**
 * Without quotes, or between quotes that it does not hold: dotenv and Node read no escapes there but `\n`. A backslash
 * before the closing quote would hide it from dotenv.
 */
function quoted(value: string): string {
  if (BARE.test(value)) return value;
  for (const quote of ["'", "`", '"']) {
    const candidate = quote + value + quote;
    if (value.includes(quote) || value.endsWith("\\")) continue;
    if (parseEnv(`A=${candidate}\n`)["A"] === value) return candidate;
  }
  throw new RangeError("a value with all three kinds of quotes cannot be written to .dev.vars");
}

/** Reads the file's text; empty when there is none. */
export function readDevVarsText(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** Writes the text in one step, so that a stop half-way leaves the old file; only its owner may read it. */
export function writeDevVarsText(path: string, text: string): void {
  const target = existsSync(path) ? realpathSync(path) : path;
  const draft = `${target}.new`;
  // A file that is there already would keep its permissions, and a link would be followed.
  rmSync(draft, { force: true });
  writeFileSync(draft, text, { mode: OWNER_ONLY, flag: "wx" });
  renameSync(draft, target);
}
