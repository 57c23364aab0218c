/** `npm run bench -- delivered`: how many late answers reach their users, whole and once, by kind of account. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { configuredAccounts } from "../../cli/accounts.ts";
import { serveSimulator, type SimulatorServer } from "../../cli/simulator-server.ts";
import { startWorkerProcess, type WorkerProcess } from "../../cli/worker-process.ts";
import type { AccountKind } from "../../simulator/account.ts";
import { ACCOUNT } from "./account.ts";
import { folderOnDisk } from "./ground.ts";
import { type Definitions, readOptions, wholeNumber } from "./options.ts";
import { quantile } from "./figures.ts";
import { Patron, type PatronOptions, type Report } from "./patron.ts";
import { table } from "./table.ts";
import { Unable } from "./unable.ts";
import { bundleWorker, PROJECT_ROOT } from "./worker.ts";

const USERS = 5;
/** Deliberate time-outs a minute and account where they are to be no limit. */
const RAISED_LIMIT = 1_000;
const KINDS = ["personal", "subscription", "service"] as const satisfies readonly AccountKind[];
const PLACES = ["object", "worker", "queue"] as const satisfies readonly Place[];
type Place = PatronOptions["via"];
const HANDLER_SECONDS = [1, 4, 8, 12, 20, 40] as const;
/** A handler in a Worker has no longer. */
const MAX_WORKER_SECONDS = 25;
/**
 * The local queue waits for a batch before it delivers the next, where Cloudflare runs many side by side: so those whose
 * handlers take as long write together, and are one batch.
 */
const ONE_BATCH = "max_batch_size = 100\nmax_batch_timeout = 1";
/** Users do not all write in the same instant. */
const ARRIVAL_MS = 10_000;
/** After the last answer: time for one that should not come. */
const AFTERMATH_MS = 3_000;
const BUNDLE = "bundle";
const APP_SECRET = "0123456789abcdef0123456789abcdef";

export const DELIVERED_USAGE = `npm run bench -- delivered [options]
  Handlers of ${HANDLER_SECONDS.join(", ")} s on ${KINDS.join(", ")} accounts, in real time: some two minutes.
  --users N         users of each account and handler (${USERS}); all begin within ${ARRIVAL_MS / 1000} s
  --via PLACE       where handlers are run: ${PLACES.join(", ")} (${PLACES[0]}); deferred ones with the raised limit only,
                    and on the queue one handler after the other`;

const DEFINITIONS: Definitions = {
  users: { type: "string", default: String(USERS) },
  via: { type: "string", default: PLACES[0] },
};

/** One kind of account with one handler, and what became of its users. */
interface Cell {
  readonly kind: AccountKind;
  readonly seconds: number;
  readonly reports: Report[];
}

/** Runs the cells, those of the object twice: with the shipped limit of deliberate time-outs, and without any that matters. */
export async function delivered(args: string[]): Promise<void> {
  const values = readOptions(args, DELIVERED_USAGE, DEFINITIONS);
  if (!values) return console.log(DELIVERED_USAGE);
  const users = wholeNumber(values, "users");
  const via = PLACES.find((place) => place === values["via"]);
  if (via === undefined) throw new Unable(`--via takes ${PLACES.join(", ")}, not "${values["via"]}".`);
  console.error("Starting the Workers …");
  const limits = via === "object" ? [RAISED_LIMIT, undefined] : [RAISED_LIMIT];
  const stages: Stage[] = [];
  for (const limit of limits) stages.push(await Stage.open(limit));
  console.error(`${stages.length * KINDS.length * secondsOf(via).length * users} users write …`);
  const results = await Promise.all(stages.map((stage) => stage.play(users, via)));
  await Promise.all(stages.map((stage) => stage.close()));
  for (const [index, { limit }] of stages.entries()) {
    const note = limit === RAISED_LIMIT ? "so that none is refused" : "as shipped";
    console.log(`\nDeliberate time-outs: ${limit} a minute and account, ${note}. ${users} users a row.`);
    console.log(cellTable(results[index] ?? []));
  }
  if (results.flat().some(({ reports }) => reports.some(isFault))) process.exitCode = 1;
}

/** A Worker under `wrangler dev` and a simulated WeChat. */
class Stage {
  readonly limit: number;
  readonly #simulator: SimulatorServer;
  readonly #worker: WorkerProcess;
  /** How often the handler began, by the name of what it was asked. */
  readonly #runs: Map<string, number>;

  private constructor(
    limit: number,
    simulator: SimulatorServer,
    worker: WorkerProcess,
    runs: Map<string, number>,
  ) {
    this.limit = limit;
    this.#simulator = simulator;
    this.#worker = worker;
    this.#runs = runs;
  }

  /** @param raisedTo deliberate time-outs a minute and account; unset: as shipped */
  static async open(raisedTo: number | undefined): Promise<Stage> {
    const root = folderOnDisk();
    // Bundled beforehand: `wrangler dev` would start anew whenever a file is saved meanwhile.
    mkdirSync(join(root, BUNDLE));
    const { modules } = bundleWorker("delivered", join(root, BUNDLE));
    const limit = writeConfig(root, `${BUNDLE}/${modules[0]}`, raisedTo);
    const [workerPort, simulatorPort] = [await freePort(), await freePort()];
    const apiBase = `http://localhost:${simulatorPort}`;
    const variables = { ACCOUNTS: JSON.stringify(accountsAt(apiBase)) };
    const { accounts } = configuredAccounts(variables, `http://localhost:${workerPort}`);
    const simulator = await serveSimulator({ accounts }, simulatorPort);
    const runs = new Map<string, number>();
    const log = join(root, "worker.log");
    const worker = startWorkerProcess({
      root,
      port: workerPort,
      variables,
      more: ["--persist-to", join(root, "state")],
      write(line) {
        const name = /"message":"handler_ran","name":"([^"]+)"/.exec(line)?.[1];
        if (name !== undefined) runs.set(name, (runs.get(name) ?? 0) + 1);
        writeFileSync(log, `${line}\n`, { flag: "a" });
      },
    });
    if (!(await worker.ready)) throw new Unable(`wrangler dev has ended.\n${readFileSync(log, "utf8")}`);
    return new Stage(limit, simulator, worker, runs);
  }

  /** Has the users of all cells write side by side; those of the queue, handler by handler. */
  async play(users: number, via: Place): Promise<Cell[]> {
    // The first push of all starts the Worker.
    for (const account of KINDS) {
      await new Patron({ simulator: this.#simulator.url, account, name: "first", via, seconds: 0 }).write();
    }
    const all = secondsOf(via);
    const waves = via === "queue" ? all.map((seconds) => [seconds]) : [all];
    const cells: Cell[] = [];
    for (const wave of waves) cells.push(...(await this.#wave(users, via, wave)));
    return KINDS.flatMap((kind) => cells.filter((cell) => cell.kind === kind));
  }

  async #wave(users: number, via: Place, handlers: readonly number[]): Promise<Cell[]> {
    const cells = KINDS.flatMap((kind) => handlers.map((seconds): Cell => ({ kind, seconds, reports: [] })));
    const arrivalMs = via === "queue" ? 0 : ARRIVAL_MS;
    const patrons = cells.flatMap((cell) =>
      Array.from({ length: users }, (_, index) => {
        const name = `${cell.kind}-${cell.seconds}-${index}`;
        const { kind: account, seconds } = cell;
        return { cell, patron: new Patron({ simulator: this.#simulator.url, account, name, via, seconds }) };
      }),
    );
    await Promise.all(
      patrons.map(async ({ patron }, index) => {
        // Cells take turns, so that none of them is early.
        const turn = (index % users) * cells.length + Math.floor(index / users);
        await new Promise((resolve) => setTimeout(resolve, (turn / patrons.length) * arrivalMs));
        await patron.write();
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, AFTERMATH_MS));
    for (const { cell, patron } of patrons) {
      cell.reports.push(await patron.report(this.#runs.get(patron.name) ?? 0));
    }
    return cells;
  }

  async close(): Promise<void> {
    await Promise.all([this.#worker.stop(), this.#simulator.close()]);
  }
}

/** The shipped configuration with another main file. @returns the limit of deliberate time-outs */
function writeConfig(root: string, main: string, raisedTo: number | undefined): number {
  const shipped = readFileSync(join(PROJECT_ROOT, "wrangler.toml"), "utf8");
  const limits = /(name = "DELIBERATE_TIMEOUTS"[^[]*?limit = )(\d+)/;
  const limit = Number(limits.exec(shipped)?.[2]);
  const withMain = shipped.replace(/^main = .*$/m, `main = ${JSON.stringify(main)}\nno_bundle = true`);
  if (!Number.isInteger(limit) || withMain === shipped) {
    throw new Unable(
      "wrangler.toml has no main, or no limit of DELIBERATE_TIMEOUTS, where it is looked for.",
    );
  }
  const batch = /max_batch_size = 5\nmax_batch_timeout = 0/;
  if (!batch.test(withMain))
    throw new Unable("wrangler.toml has no consumer's batch where it is looked for.");
  const changed = withMain.replace(limits, `$1${raisedTo ?? limit}`).replace(batch, ONE_BATCH);
  writeFileSync(join(root, "wrangler.toml"), changed);
  return raisedTo ?? limit;
}

/** One account of each kind, named like it. */
function accountsAt(apiBase: string): object {
  const { token, encodingAesKey } = ACCOUNT;
  const entries = KINDS.map((kind, index) => {
    const appId = `wxbench00000000${String(index).padStart(2, "0")}`;
    return [kind, { kind, token, encodingAesKey, appId, appSecret: APP_SECRET, apiBase }] as const;
  });
  return Object.fromEntries(entries);
}

function isFault({ whole, times, runs }: Report): boolean {
  return !whole || times !== 1 || runs !== 1;
}

function cellTable(cells: readonly Cell[]): string {
  const head = [
    "account",
    "handler s",
    "whole",
    "shown twice",
    "runs",
    "messages more",
    "notices",
    "first word after s",
    "answer after s, p50",
    "p99",
    "by",
  ];
  const rows = cells.map(({ kind, seconds, reports }) => [
    kind,
    String(seconds),
    `${reports.filter(({ whole }) => whole).length}/${reports.length}`,
    String(reports.filter(({ times }) => times > 1).length),
    span(reports.map(({ runs }) => runs)),
    span(reports.map(({ extra }) => extra)),
    String(reports.reduce((sum, { notices }) => sum + notices, 0)),
    inSeconds(
      reports.map(({ firstMs }) => firstMs),
      0.5,
    ),
    inSeconds(
      reports.map(({ afterMs }) => afterMs),
      0.5,
    ),
    inSeconds(
      reports.map(({ afterMs }) => afterMs),
      0.99,
    ),
    [...new Set(reports.flatMap(({ by }) => by ?? []))].join(", "),
  ]);
  return table([head, ...rows], [0, head.length - 1]);
}

/** That quantile of those that there are. */
function inSeconds(times: readonly (number | undefined)[], share: number): string {
  const known = times.filter((ms) => ms !== undefined).sort((a, b) => a - b);
  return known.length === 0 ? "" : (quantile(known, share) / 1000).toFixed(1);
}

function secondsOf(via: Place): readonly number[] {
  return HANDLER_SECONDS.filter((seconds) => via !== "worker" || seconds <= MAX_WORKER_SECONDS);
}

/** `least–most`, or one number where they are alike. */
function span(numbers: readonly number[]): string {
  if (numbers.length === 0) return "";
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return least === most ? String(least) : `${least}–${most}`;
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
