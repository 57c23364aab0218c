/** Runs the project's own wrangler. */
import { spawn } from "node:child_process";
import { mkdtempSync, existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where and for whom wrangler runs. */
export interface WranglerPlace {
  /** The folder of wrangler.toml. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Takes what it says; unset: it has this process's own terminal, and can ask questions there. */
  readonly write: ((text: string) => void) | undefined;
}

/** A wrangler that has ended. */
export interface WranglerEnd {
  readonly code: number | null;
  /** Both empty when it had the terminal. */
  readonly stdout: string;
  readonly stderr: string;
}

const QUIET = {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_NO_SKILLS_UPDATE_PROMPTS: "true",
};

/** Runs it and collects what it says. `input` goes to its standard input, which nobody else can read. */
export function wranglerQuietly(
  place: WranglerPlace,
  args: readonly string[],
  input = "",
): Promise<WranglerEnd> {
  return run(place, args, { write: () => {}, input });
}

/** Runs it for a person to see. */
export function wranglerSeen(
  place: WranglerPlace,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<WranglerEnd> {
  return run(place, args, { write: place.write, environment });
}

function run(
  { root, environment }: WranglerPlace,
  args: readonly string[],
  options: {
    readonly write: ((text: string) => void) | undefined;
    readonly input?: string;
    readonly environment?: Readonly<Record<string, string>>;
  },
): Promise<WranglerEnd> {
  const { write, input = "" } = options;
  const bin = join(
    dirname(fileURLToPath(import.meta.resolve("wrangler/package.json"))),
    "bin",
    "wrangler.js",
  );
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: root,
    env: { ...environment, ...QUIET, ...options.environment },
    stdio: write === undefined ? "inherit" : "pipe",
  });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
      write?.(text);
    });
  }
  // A wrangler that ends before it has read everything says itself why.
  child.stdin?.on("error", () => {}).end(input);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...said }));
  });
}

/** Whether wrangler may act for somebody. `unknown`: it could not find out. */
export type LoginState =
  | { readonly state: "in"; readonly who: string }
  | { readonly state: "out" }
  | { readonly state: "unknown"; readonly said: string };

/** Asks wrangler who is logged in. */
export async function loginState(place: WranglerPlace): Promise<LoginState> {
  const { code, stdout, stderr } = await wranglerQuietly(place, ["whoami", "--json"]);
  const answer = jsonObject(stdout);
  if (Reflect.get(answer, "loggedIn") === false) return { state: "out" };
  if (code !== 0) return { state: "unknown", said: (stderr + stdout).trim() };
  const email: unknown = Reflect.get(answer, "email");
  return { state: "in", who: typeof email === "string" ? email : "an API token · API 令牌" };
}

function jsonObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/**
 * Deploys, for a person to see.
 *
 * @returns where the Worker can be reached, as wrangler names it; `undefined` when it failed
 */
export async function deploy(
  place: WranglerPlace,
  more: readonly string[],
): Promise<readonly string[] | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "wechat-edge-setup-"));
  const report = join(folder, "deploy.ndjson");
  try {
    const { code } = await wranglerSeen(place, ["deploy", ...more], { WRANGLER_OUTPUT_FILE_PATH: report });
    if (code !== 0) return undefined;
    return existsSync(report) ? targetsIn(readFileSync(report, "utf8")) : [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Wrangler writes an object a line; one of them tells of the deployment. */
function targetsIn(report: string): string[] {
  const deployment = report
    .split("\n")
    .map(jsonObject)
    .find((entry) => Reflect.get(entry, "type") === "deploy");
  const targets: unknown = deployment === undefined ? [] : Reflect.get(deployment, "targets");
  return Array.isArray(targets) ? targets.filter((target) => typeof target === "string") : [];
}
