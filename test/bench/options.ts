/** What the command line may ask for. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { Unable } from "./unable.ts";

/** Options of one command, as `parseArgs` wants them; `help` comes by itself. */
export type Definitions = NonNullable<ParseArgsConfig["options"]>;

/** The values of a command's options by name; a flag is `true` or `false`. */
export type Values = Readonly<Record<string, string | undefined>>;

/** Reads the arguments; undefined when only help was asked for. Throws on what it does not know. */
export function readOptions(args: string[], usage: string, definitions: Definitions): Values | undefined {
  try {
    const options = { ...definitions, help: { type: "boolean", default: false } } as const;
    const { values } = parseArgs({ args, options });
    if (values.help) return undefined;
    return Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    );
  } catch (cause) {
    throw new Unable(`${cause instanceof Error ? cause.message : String(cause)}\n\n${usage}`, { cause });
  }
}

/** A whole number above 0. Throws when the option has none. */
export function wholeNumber(values: Values, name: string): number {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Unable(`--${name} takes a whole number above 0, not "${values[name]}".`);
}
