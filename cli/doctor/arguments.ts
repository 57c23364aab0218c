/** The command line of `npm run doctor`. */
import { parseArgs } from "node:util";
import { type Mode, MODES } from "../../simulator/account.ts";
import { UsageError } from "../usage-error.ts";
import type { SubjectChoice } from "./subject.ts";

/** What is asked for. */
export interface DoctorCommand {
  readonly subject: SubjectChoice;
  readonly json: boolean;
  /** The refused requests instead of an examination. */
  readonly refused: boolean;
}

const OPTIONS = {
  url: { type: "string" },
  account: { type: "string" },
  mode: { type: "string" },
  token: { type: "string" },
  "aes-key": { type: "string" },
  "app-id": { type: "string" },
  "app-secret": { type: "string" },
  refused: { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/**
 * Reads the arguments.
 *
 * @returns `help` when that is all that is asked for
 * @throws {UsageError} when they make no sense
 */
export function readDoctorArguments(argv: readonly string[]): DoctorCommand | "help" {
  const values = parsed(argv);
  if (values.help === true) return "help";
  return {
    subject: {
      id: values.account ?? "default",
      url: urlOf(values.url),
      mode: modeOf(values.mode),
      token: values.token,
      encodingAesKey: values["aes-key"],
      appId: values["app-id"],
      appSecret: values["app-secret"],
    },
    json: values.json === true,
    refused: values.refused === true,
  };
}

function parsed(argv: readonly string[]): ReturnType<typeof parse>["values"] {
  try {
    return parse([...argv]).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message, "参数有误；--help 查看用法。");
  }
}

function parse(args: string[]) {
  return parseArgs({ args, options: OPTIONS, allowPositionals: false, strict: true });
}

function urlOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const trimmed = text.trim();
  const protocol = URL.canParse(trimmed) ? new URL(trimmed).protocol : "";
  if (protocol === "https:" || protocol === "http:") return trimmed;
  throw new UsageError(
    "--url must be the whole address, as in the console: https://bot.example.com/wechat",
    "--url 必须是完整地址，与后台填写的一致：https://bot.example.com/wechat",
  );
}

function modeOf(name: string | undefined): Mode | undefined {
  const mode = MODES.find((one) => one === name);
  if (mode !== undefined || name === undefined) return mode;
  throw new UsageError(`--mode must be one of ${MODES.join(", ")}.`, `--mode 只能是 ${MODES.join("、")}。`);
}
