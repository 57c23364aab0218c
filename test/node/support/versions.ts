/** Several versions of the Worker in one workerd, each with its objects or with another one's. */
import { createRequire } from "node:module";
import type * as MiniflareModule from "miniflare";
import type { Variables } from "../../../cli/variables.ts";
import { readConfig, type Version } from "../../../scripts/freeze-version.ts";

// wrangler brings it; a second copy could be another version.
const wrangler = createRequire(import.meta.url).resolve("wrangler/package.json");
const miniflare: typeof MiniflareModule = createRequire(wrangler)("miniflare");
const { convertV4MiniflareOptions, Miniflare, NoOpLog } = miniflare;

const CLASSES = /export\s*\{([^{}]*)\};?\s*$/;

/** One Worker. */
export interface PlacedWorker {
  /** Storage of its objects goes by this name: a Worker that is deployed anew keeps it. */
  readonly name: string;
  readonly version: Version;
  readonly vars: Variables;
  /** Which Worker runs the objects of a class, by the class. Default: this one. */
  readonly objects?: Readonly<Record<string, string>>;
}

/** What is started. */
export interface DeploymentOptions {
  readonly workers: readonly PlacedWorker[];
  /** A folder that keeps what objects store. Default: none. */
  readonly storage?: string;
}

/** Workers that answer. */
export interface Deployment {
  /** Where the Worker of that name listens, without a path. */
  readonly url: (worker: string) => string;
  /** The log lines so far, of all Workers. */
  readonly lines: readonly string[];
  /** Ends all of them, in the middle of whatever they do. */
  stop(): Promise<void>;
}

/** Starts Workers with the bindings of wrangler.toml. */
export async function startDeployment({ workers, storage }: DeploymentOptions): Promise<Deployment> {
  const lines: string[] = [];
  const running = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      log: new NoOpLog(),
      logRequests: false,
      handleStructuredLogs: ({ message }) => lines.push(message),
      unsafeLocalExplorer: false,
      unsafeObservability: false,
      telemetry: { enabled: false },
      ...(storage === undefined ? {} : { resourcePersistencePath: storage }),
      workers: workers.map((worker) => ({
        name: worker.name,
        modules: [{ type: "ESModule", path: "index.js", contents: worker.version.code }],
        compatibilityDate: worker.version.compatibilityDate,
        bindings: { ...worker.vars },
        unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
        ...neighboursOf(worker, workers),
      })),
    }),
  );
  let stopping: Promise<void> | undefined;
  const urls = new Map<string, string>();
  for (const { name } of workers) urls.set(name, (await running.unsafeGetDirectURL(name)).origin);
  return {
    url: (worker) => {
      const url = urls.get(worker);
      if (url === undefined) throw new RangeError(`there is no Worker ${worker}`);
      return url;
    },
    lines,
    stop: () => (stopping ??= running.dispose()),
  };
}

/** The bindings of wrangler.toml. A class that one version does not have yet, or any more, is run by one that has it. */
function neighboursOf(
  { name, objects = {} }: PlacedWorker,
  workers: readonly PlacedWorker[],
): Pick<MiniflareModule.V4WorkerOptions, "durableObjects" | "kvNamespaces" | "ratelimits"> {
  const { durable_objects, kv_namespaces, migrations, ratelimits } = readConfig();
  const withTables = new Set(migrations.flatMap((migration) => migration.new_sqlite_classes ?? []));
  const namespaces = durable_objects.bindings.flatMap(({ name: binding, class_name: className }) => {
    const having = workers.filter(({ version }) => classesOf(version).has(className));
    const owner = having.find((worker) => worker.name === (objects[className] ?? name)) ?? having[0];
    const namespace = { className, scriptName: owner?.name ?? "", useSQLite: withTables.has(className) };
    return owner === undefined ? [] : [[binding, namespace] as const];
  });
  return {
    durableObjects: Object.fromEntries(namespaces),
    kvNamespaces: kv_namespaces.map(({ binding }) => binding),
    ratelimits: Object.fromEntries(ratelimits.map(({ name: limit, ...rest }) => [limit, rest])),
  };
}

/** The names that a bundle exports. */
function classesOf({ code }: Version): ReadonlySet<string | undefined> {
  const [, list = ""] = CLASSES.exec(code) ?? [];
  return new Set(
    list.split(",").map((item) =>
      item
        .trim()
        .split(/\s+as\s+/)
        .at(-1),
    ),
  );
}
