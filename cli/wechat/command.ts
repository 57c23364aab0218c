/** What a command of `npm run wechat` is made of. */
import type { ParseArgsConfig, parseArgs } from "node:util";
import type { Session } from "./session.ts";

/** Every option of every command: an option means the same wherever it is taken. */
export const OPTIONS = {
  account: { type: "string" },
  "app-id": { type: "string" },
  "app-secret": { type: "string" },
  "api-base": { type: "string" },
  url: { type: "string" },
  json: { type: "boolean" },
  verbose: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  "dry-run": { type: "boolean" },
  yes: { type: "boolean" },
  all: { type: "boolean" },
  action: { type: "string" },
  operator: { type: "string" },
  permanent: { type: "boolean" },
  seconds: { type: "string" },
  out: { type: "string" },
  limit: { type: "string" },
  type: { type: "string" },
} as const satisfies ParseArgsConfig["options"];
export type OptionName = keyof typeof OPTIONS;

/** Options that every command takes. */
export const COMMON_OPTIONS: readonly OptionName[] = [
  "account",
  "app-id",
  "app-secret",
  "api-base",
  "url",
  "json",
  "verbose",
  "help",
];

/** Options as they were given. */
export type OptionValues = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

/** What a command is run with. */
export interface Given {
  /** What stands behind the command's name. */
  readonly operands: readonly string[];
  readonly options: OptionValues;
}

/** What a command comes to: the same for machines and for people. */
export interface Outcome {
  readonly json: object;
  readonly lines: readonly string[];
  /** Remarks that belong into no pipe. */
  readonly notes?: readonly string[];
}

/** One command. */
export interface Command {
  /** `menu push` */
  readonly name: string;
  /** `FILE`, or `[FILE]` where it may be left out; a last `…` takes any number. */
  readonly operands: readonly string[];
  readonly options: readonly OptionName[];
  /** Whether it changes or sends something: then an answer that is lost leaves a question open. */
  readonly changes: boolean;
  /** Whether it asks the Worker itself and not WeChat: that of `npm start` without `--url`. */
  readonly asksWorker?: boolean;
  /** One line, in English and Chinese. */
  readonly summary: string;
  /** Lines about its options and operands. */
  readonly details?: readonly string[];
  /**
   * Runs it. Its arguments are checked before the session is touched.
   *
   * @throws {UsageError} when the arguments make no sense
   * @throws {ConfigurationError} when the account cannot be used
   * @throws {WechatEdgeError} when WeChat refuses or does not answer
   * @throws {RefusedError} when the Worker refuses
   */
  readonly run: (given: Given, session: Session) => Promise<Outcome>;
}
