/** Runs a Worker in bare workerd: no proxy and no simulator between the driver and the runtime. */
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Unstable_Config } from "wrangler";
import type { Mode } from "./account.ts";
import { startServer, type Server } from "./server.ts";
import { workerdExecutable, type Bundle } from "./worker.ts";

/** A Worker and what it is to be run with. */
export interface WorkerSetup {
  bundle: Bundle;
  config: Unstable_Config;
  vars: Record<string, string>;
  mode: Mode;
  /** A folder: configuration, objects' storage and log go here, and objects that are there already live on. */
  directory: string;
}

const WORKERS = join(import.meta.dirname, "workers");

/** Starts `workerd serve` with a configuration made from wrangler.toml's. */
export async function startWorkerd(setup: WorkerSetup): Promise<Server> {
  const configFile = join(setup.directory, "workerd.capnp");
  writeFileSync(configFile, workerdConfig(setup));
  return startServer({
    mode: setup.mode,
    command: workerdExecutable(),
    // The stand-in for the queue calls the Worker's consumer, which workerd takes for an experiment.
    args: ["serve", configFile, "--control-fd=3", "--experimental"],
    logFile: join(setup.directory, "workerd.log"),
    portDescriptor: 3,
    readPort: (line) => (JSON.parse(line) as { event: string; port?: number }).port,
  });
}

/** The Cap'n Proto text. Bindings of kinds that are not named here are left out. */
function workerdConfig({ bundle, config, vars, directory }: WorkerSetup): string {
  const objects = config.durable_objects.bindings;
  const withTables = new Set(config.migrations.flatMap((migration) => migration.new_sqlite_classes ?? []));
  const bindings = [
    ...Object.entries({ ...config.vars, ...vars }).map(([name, value]) => binding(name, variable(value))),
    ...objects.map(({ name, class_name }) => binding(name, `durableObjectNamespace = ${quote(class_name)}`)),
    ...config.kv_namespaces.map((kv) =>
      binding(kv.binding, `kvNamespace = (name = "neighbours", entrypoint = "kv")`),
    ),
    ...(config.queues.producers ?? []).map((queue) =>
      binding(queue.binding, `queue = (name = "neighbours", entrypoint = "queue")`),
    ),
    ...config.ratelimits.map(({ name, simple }) => binding(name, rateLimit(simple))),
  ];
  const queueName = config.queues.producers?.[0]?.queue ?? "";
  const namespaces = objects.map(
    ({ class_name }) =>
      `(className = ${quote(class_name)}, uniqueKey = ${quote(class_name)}, enableSql = ${withTables.has(class_name ?? "")})`,
  );
  // Embedded files can only be named relative to the configuration.
  const embed = (...path: string[]) => `embed ${quote(relative(directory, join(...path)))}`;
  const modules = bundle.modules.map(
    (name) => `(name = ${quote(name)}, ${moduleKind(name)} = ${embed(bundle.directory, name)})`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "neighbours", worker = .neighbours),
    (name = "storage", disk = (path = ${quote(directory)}, writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
  extensions = [(modules = [(name = "bench:rate-limit", internal = true, esModule = ${embed(WORKERS, "rate-limit.mjs")})])],
);
const main :Workerd.Worker = (
  modules = ${list(modules)},
  compatibilityDate = ${quote(config.compatibility_date)},
  compatibilityFlags = ${list(config.compatibility_flags.map(quote))},
  bindings = ${list(bindings)},
  durableObjectNamespaces = ${list(namespaces)},
  durableObjectStorage = (localDisk = "storage"),
);
const neighbours :Workerd.Worker = (
  modules = [(name = "neighbours.mjs", esModule = ${embed(WORKERS, "neighbours.mjs")})],
  compatibilityDate = ${quote(config.compatibility_date)},
  compatibilityFlags = ["service_binding_extra_handlers"],
  bindings = [(name = "MAIN", service = "main"), ${binding("QUEUE", `text = ${quote(queueName)}`)}],
);
`;
}

/** A `[vars]` entry that is no string reaches a deployed Worker as the parsed value. */
function variable(value: unknown): string {
  return typeof value === "string" ? `text = ${quote(value)}` : `json = ${quote(JSON.stringify(value))}`;
}

function rateLimit({ limit, period }: { limit: number; period: number }): string {
  const settings = [binding("limit", `json = "${limit}"`), binding("period", `json = "${period}"`)];
  return `wrapped = (moduleName = "bench:rate-limit", innerBindings = ${list(settings)})`;
}

function moduleKind(name: string): string {
  if (/\.m?js$/.test(name)) return "esModule";
  if (name.endsWith(".wasm")) return "wasm";
  return name.endsWith(".bin") ? "data" : "text";
}

function binding(name: string, value: string): string {
  return `(name = ${quote(name)}, ${value})`;
}

function list(items: string[]): string {
  return `[${items.join(", ")}]`;
}

/** A Cap'n Proto text literal. */
function quote(text: string | undefined): string {
  return `"${(text ?? "").replace(/["\\]/g, "\\$&").replace(/\n/g, "\\n")}"`;
}
