/** The assistant's Worker under `wrangler dev`, with a simulated WeChat and its model server beside it. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { configuredAccounts } from "../../cli/accounts.ts";
import { KillableWorker } from "../../cli/killable-worker.ts";
import { serveSimulator, type SimulatorServer } from "../../cli/simulator-server.ts";
import type { AccountKind } from "../../simulator/account.ts";
import type { Fetch } from "../../simulator/attempt.ts";
import { MODEL_BASE_PATH } from "../../simulator/model/chat-routes.ts";
import { MODEL_CONTROL_PATH } from "../../simulator/model/control-routes.ts";
import type { CallCounts, ModelCall } from "../../simulator/model/model-calls.ts";
import { DEVELOPMENT_MODEL_KEY } from "../../simulator/model/simulated-model.ts";
import { ACCOUNT } from "./account.ts";
import { folderInMemory } from "./ground.ts";
import { Unable } from "./unable.ts";
import { bundleWorker, PROJECT_ROOT } from "./worker.ts";

/** The kinds that differ in what they may send. */
export const KINDS = ["personal", "subscription", "service"] as const satisfies readonly AccountKind[];

/** What a stage is made for. */
export interface StageOptions {
  /** Where the model is waited for. */
  readonly via: "worker" | "queue";
  /** Every push comes twice at once, and the user sees either answer. */
  readonly isTwice: boolean;
}

/** Deliberate time-outs a minute and account: so many that none is refused. */
const RAISED_LIMIT = 1_000;
/** The local queue waits for a batch before it delivers the next, where Cloudflare runs many side by side. */
const ONE_BATCH = "max_batch_size = 100\nmax_batch_timeout = 1";
const BUNDLE = "bundle";
const LOG = "worker.log";
const WARNING = /"level":"(?:warn|error)"[^\n]*?"message":"([^"]+)"/g;
/** A real model does not write that fast: in pieces as small as usual, long answers would take all of the machine. */
const PIECES = [
  { says: " 10000 字节", tokensPerChunk: 8 },
  { says: " 50000 字节", tokensPerChunk: 32 },
];
const APP_SECRET = "0123456789abcdef0123456789abcdef";

/** One Worker with its WeChat. */
export class AssistantStage {
  readonly #simulator: SimulatorServer;
  readonly #worker: KillableWorker;
  readonly #twins: Twins;
  readonly #log: string;

  private constructor(simulator: SimulatorServer, worker: KillableWorker, twins: Twins, log: string) {
    this.#simulator = simulator;
    this.#worker = worker;
    this.#twins = twins;
    this.#log = log;
  }

  /** Starts all of it. Throws when the Worker does not come up. */
  static async open({ via, isTwice }: StageOptions): Promise<AssistantStage> {
    const root = folderInMemory();
    // Bundled beforehand: `wrangler dev` would start anew whenever a file is saved meanwhile.
    mkdirSync(join(root, BUNDLE));
    const { modules } = bundleWorker("assistant", join(root, BUNDLE));
    writeConfig(root, `${BUNDLE}/${modules[0]}`);
    const [port, simulatorPort] = [await freePort(), await freePort()];
    const simulatorUrl = `http://localhost:${simulatorPort}`;
    const variables = {
      ACCOUNTS: JSON.stringify(accountsAt(simulatorUrl, isTwice)),
      MODEL_API_KEY: DEVELOPMENT_MODEL_KEY,
      MODEL_BASE_URL: simulatorUrl + MODEL_BASE_PATH,
      MODEL_VIA: via,
    };
    const { accounts } = configuredAccounts(variables, `http://localhost:${port}`);
    const twins = new Twins();
    const running: { worker?: KillableWorker } = {};
    const simulator = await serveSimulator(
      {
        accounts,
        model: {},
        onKillWorker: async () => running.worker?.kill(),
        ...(isTwice ? { fetch: twins.fetch } : {}),
      },
      simulatorPort,
    );
    const log = join(root, LOG);
    const worker = new KillableWorker({
      root,
      port,
      variables,
      more: ["--persist-to", join(root, "state")],
      write: (line) => writeFileSync(log, `${line}\n`, { flag: "a" }),
    });
    running.worker = worker;
    if (!(await worker.ready)) throw new Unable(`wrangler dev has ended.\n${readFileSync(log, "utf8")}`);
    for (const order of PIECES) {
      const body = JSON.stringify({ ...order, times: 0 });
      await fetch(`${simulator.url}${MODEL_CONTROL_PATH}/switches`, { method: "POST", body });
    }
    return new AssistantStage(simulator, worker, twins, log);
  }

  get url(): string {
    return this.#simulator.url;
  }

  /** What came of pushes that came twice at once. */
  get twins(): Pick<Twins, "compared" | "disagreements"> {
    return this.#twins;
  }

  /** The Worker's warnings and errors, and how often each stands in its log. */
  get warnings(): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    for (const [, message = ""] of readFileSync(this.#log, "utf8").matchAll(WARNING)) {
      found.set(message, (found.get(message) ?? 0) + 1);
    }
    return found;
  }

  /** Kills the Worker; resolves when it is up again. */
  async kill(): Promise<void> {
    const response = await fetch(`${this.url}/api/worker/kill`, { method: "POST" });
    if (!response.ok) throw new Error(`the simulator: ${response.status} ${await response.text()}`);
  }

  /** How often the model was asked: in all, and with these words. */
  async modelCalls(says: string): Promise<{ readonly all: number; readonly those: number }> {
    const response = await fetch(`${this.url}${MODEL_CONTROL_PATH}/calls?says=${encodeURIComponent(says)}`);
    const { counts, calls } = (await response.json()) as { counts: CallCounts; calls: readonly ModelCall[] };
    return { all: counts.begun, those: calls.length };
  }

  async close(): Promise<void> {
    await Promise.all([this.#worker.stop(), this.#simulator.close()]);
  }
}

/** Sends every push twice at once, as WeChat's repetitions may overlap. */
class Twins {
  /** Requests that were both answered. */
  compared = 0;
  /** Their answers where they were not the same. */
  readonly disagreements: string[] = [];
  readonly fetch: Fetch = async (request) => {
    const [first, second] = [fetch(request.clone()), fetch(request)];
    void this.#compare([first, second].map(async (answer) => (await answer).clone().text()));
    const [seen, other] = Math.random() < 0.5 ? [first, second] : [second, first];
    other.catch(() => {});
    return seen;
  };

  /** One that was cut off has no answer to compare. */
  async #compare(texts: readonly Promise<string>[]): Promise<void> {
    const answers = await Promise.allSettled(texts);
    const bare = answers.flatMap((one) =>
      one.status === "fulfilled" ? [one.value.replace(/<CreateTime>\d+<\/CreateTime>/, "")] : [],
    );
    if (bare.length < 2) return;
    this.compared++;
    if (bare[0] !== bare[1]) this.disagreements.push(bare.join("\n↔\n"));
  }
}

/** The shipped configuration with another main file. */
function writeConfig(root: string, main: string): void {
  const shipped = readFileSync(join(PROJECT_ROOT, "wrangler.toml"), "utf8");
  const changes: readonly (readonly [RegExp, string])[] = [
    [/^main = .*$/m, `main = ${JSON.stringify(main)}\nno_bundle = true`],
    [/(name = "DELIBERATE_TIMEOUTS"[^[]*?limit = )\d+/, `$1${RAISED_LIMIT}`],
    [/max_batch_size = 5\nmax_batch_timeout = 0/, ONE_BATCH],
  ];
  let changed = shipped;
  for (const [pattern, replacement] of changes) {
    if (!pattern.test(changed)) throw new Unable(`wrangler.toml has nothing like ${pattern.source}.`);
    changed = changed.replace(pattern, replacement);
  }
  writeFileSync(join(root, "wrangler.toml"), changed);
}

/** One account of each kind, named like it. @param isPlain so that two answers can be compared */
function accountsAt(apiBase: string, isPlain: boolean): object {
  const { token, encodingAesKey } = ACCOUNT;
  const entries = KINDS.map((kind, index) => {
    const appId = `wxbench00000000${String(index).padStart(2, "0")}`;
    const key = isPlain ? {} : { encodingAesKey };
    return [kind, { kind, token, ...key, appId, appSecret: APP_SECRET, apiBase }] as const;
  });
  return Object.fromEntries(entries);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
