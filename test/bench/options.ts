// What the command line may ask for.
import { parseArgs } from "node:util";
import { REQUESTS_PER_ROUND, ROUNDS } from "./constants.ts";
import { Unable } from "./unable.ts";

/** One run's settings. */
export interface Options {
  rounds: number;
  requests: number;
  only: RegExp;
  peerNode: string;
  json: string | undefined;
}

export const USAGE = `npm run bench -- [options]
  --rounds N        counted rounds (${ROUNDS}); one more goes first and is thrown away
  --requests N      pushes per server and round (${REQUESTS_PER_ROUND})
  --only REGEX      servers to run, matched against "name mode", such as "secure" or "^(empty|wechat-edge)"
  --peer-node PATH  the Node that runs the peers (the project's)
  --json FILE       writes every figure to a file
  --help            this text`;

const DEFINITIONS = {
  rounds: { type: "string", default: String(ROUNDS) },
  requests: { type: "string", default: String(REQUESTS_PER_ROUND) },
  only: { type: "string", default: "" },
  "peer-node": { type: "string", default: process.execPath },
  json: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

/** Reads the arguments; undefined when only help was asked for. Throws on what it does not know. */
export function readOptions(args: string[]): Options | undefined {
  try {
    const { values } = parseArgs({ args, options: DEFINITIONS });
    if (values.help) return undefined;
    return {
      rounds: wholeNumber("--rounds", values.rounds),
      requests: wholeNumber("--requests", values.requests),
      only: new RegExp(values.only),
      peerNode: values["peer-node"],
      json: values.json,
    };
  } catch (cause) {
    throw new Unable(`${cause instanceof Error ? cause.message : String(cause)}\n\n${USAGE}`, { cause });
  }
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`${name} takes a whole number above 0, not "${text}".`);
}
