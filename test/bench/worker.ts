/** The Workers under test: bundled by wrangler exactly as for a deploy, their bindings read from wrangler.toml. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, parse } from "node:path";
import { gzipSync } from "node:zlib";
import { unstable_readConfig, type Unstable_Config } from "wrangler";

/** The folder of the Worker's package.json and wrangler.toml. */
export const PROJECT_ROOT = join(import.meta.dirname, "../..");

/** A bundled Worker on disk. */
export interface Bundle {
  directory: string;
  /** Its modules, the entry first. */
  modules: string[];
  rawBytes: number;
  gzipBytes: number;
}

/** The shipped entry, and the same Worker with other bots. */
const ENTRIES = {
  shipped: "src/index.ts",
  stateless: "test/bench/workers/stateless.ts",
  session: "test/bench/workers/session.ts",
  waiting: "test/bench/workers/waiting.ts",
  enqueuing: "test/bench/workers/enqueuing.ts",
  deferring: "test/bench/workers/deferring.ts",
  counting: "test/bench/workers/counting.ts",
  delivered: "test/bench/workers/delivered.ts",
  assistant: "test/bench/workers/assistant.ts",
} as const;
export type Entry = keyof typeof ENTRIES;

const ACCOUNT_RATE = "ACCOUNT_RATE";
const NO_LIMIT = 1_000_000_000;
const MODULE = /\.(m?js|wasm|txt|html|bin)$/;
const wrangler = createRequire(import.meta.url).resolve("wrangler/package.json");

/** Where an entry lies. */
export function entryPath(entry: Entry): string {
  return join(PROJECT_ROOT, ENTRIES[entry]);
}

/** Runs `wrangler deploy --dry-run` on an entry with the shipped configuration. Throws with wrangler's words. */
export function bundleWorker(entry: Entry, directory: string): Bundle {
  const executable = join(wrangler, "../bin/wrangler.js");
  const args = [executable, "deploy", entryPath(entry), "--dry-run", "--outdir", directory];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" };
  execFileSync(process.execPath, args, { cwd: PROJECT_ROOT, env, stdio: ["ignore", "ignore", "inherit"] });
  const main = `${parse(entryPath(entry)).name}.js`;
  const others = readdirSync(directory).filter((name) => name !== main && MODULE.test(name));
  return weigh(directory, [main, ...others]);
}

/** The Worker that only reads its body. */
export function emptyWorker(): Bundle {
  return weigh(join(import.meta.dirname, "workers"), ["empty.mjs"]);
}

/**
 * The shipped wrangler.toml as wrangler understands it, with one change: one account gets all pushes here, so that its
 * rate is raised out of their reach. The limiter is asked all the same.
 */
export function readWorkerConfig(): Unstable_Config {
  const shipped = unstable_readConfig(
    { config: join(PROJECT_ROOT, "wrangler.toml") },
    { hideWarnings: true },
  );
  const ratelimits = shipped.ratelimits.map((one: Unstable_Config["ratelimits"][number]) =>
    one.name === ACCOUNT_RATE ? { ...one, simple: { ...one.simple, limit: NO_LIMIT } } : one,
  );
  return { ...shipped, ratelimits };
}

/** The same runtime settings with nothing bound. */
export function withoutBindings(config: Unstable_Config): Unstable_Config {
  return {
    ...config,
    vars: {},
    durable_objects: { bindings: [] },
    kv_namespaces: [],
    queues: { ...config.queues, producers: [] },
    ratelimits: [],
  };
}

/** The workerd that this project's wrangler brings. */
export function workerdExecutable(): string {
  const workerd: { default: string } = createRequire(wrangler)("workerd");
  return workerd.default;
}

/** Its version, such as `workerd 2026-10-23`. */
export function workerdVersion(): string {
  return execFileSync(workerdExecutable(), ["--version"], { encoding: "utf8" }).trim();
}

function weigh(directory: string, modules: string[]): Bundle {
  const contents = Buffer.concat(modules.map((name) => readFileSync(join(directory, name))));
  return { directory, modules, rawBytes: contents.length, gzipBytes: gzipSync(contents).length };
}
