/** The Worker's variables as the command line knows them: from the environment and from `.dev.vars`. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

/** Values by name. */
export type Variables = Readonly<Record<string, string>>;

/** Where the package itself lies. */
export const PACKAGE_ROOT = join(import.meta.dirname, "..");
/** Where wrangler looks for secrets during development. */
export const DEV_VARS = ".dev.vars";
const CONFIGURATION = "wrangler.toml";

/** The project: the folder that the command was started in if it has a wrangler.toml, else the one of this package. */
export function projectRoot(cwd: string): string {
  return existsSync(join(cwd, CONFIGURATION)) ? cwd : PACKAGE_ROOT;
}

/** Reads `.dev.vars`; none is as good as an empty one. */
export function readDevVars(root: string): Variables {
  const path = join(root, DEV_VARS);
  return existsSync(path) ? definedOf(parseEnv(readFileSync(path, "utf8"))) : {};
}

/** The variables of accounts among those of the environment: `WECHAT_…` and `ACCOUNTS`. */
export function accountVariables(environment: Readonly<Record<string, string | undefined>>): Variables {
  const own = Object.entries(environment).filter(
    ([name]) => name.startsWith("WECHAT_") || name === "ACCOUNTS",
  );
  return definedOf(Object.fromEntries(own));
}

function definedOf(values: Readonly<Record<string, string | undefined>>): Variables {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => (entry[1] ?? "").trim() !== ""),
  );
}
