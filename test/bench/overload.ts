/** `npm run bench -- load`: what share of pushes is answered in time below, and above, what the machine can take. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { accountVars, type Mode } from "./account.ts";
import { REPLY_TIMEOUT_MS, WARM_UP_REQUESTS } from "./constants.ts";
import { pinApart, usableCores } from "./cpu.ts";
import { quantile } from "./figures.ts";
import { folderInMemory, needLinux } from "./ground.ts";
import { judgeEcho } from "./judge.ts";
import { load, total } from "./load.ts";
import { type Arrivals, atRate } from "./open-loop.ts";
import { type Definitions, readOptions, wholeNumber } from "./options.ts";
import { makePushes } from "./pushes.ts";
import type { Server } from "./server.ts";
import { table } from "./table.ts";
import { takingTurns, type Users } from "./users.ts";
import { bundleWorker, readWorkerConfig } from "./worker.ts";
import { startWorkerd } from "./workerd.ts";

const MODE: Mode = "secure";
const SECONDS = 12;
/** So many that none comes near a user's own limit, so few that their objects stay awake. */
const USERS = 1_000;
const SUSTAINED_REQUESTS = 10_000;
const SHARES = [0.25, 2] as const;
/** The answer's deadline: WeChat waits 500 ms longer. */
const IN_TIME_MS = 4_500;
/** After a load: what was given up is finished all the same. */
const REST_MS = REPLY_TIMEOUT_MS;

export const LOAD_USAGE = `npm run bench -- load [options]
  Sends at ${SHARES.map((share) => `${share}×`).join(" and ")} the rate that the machine sustains; objects in memory (tmpfs).
  --seconds N       of each load (${SECONDS})`;

const DEFINITIONS: Definitions = { seconds: { type: "string", default: String(SECONDS) } };

/** Finds the sustained rate, then sends at shares of it. A wrong answer sets the exit code, a missing one does not. */
export async function overload(args: string[]): Promise<void> {
  const values = readOptions(args, LOAD_USAGE, DEFINITIONS);
  if (!values) return console.log(LOAD_USAGE);
  needLinux();
  const seconds = wholeNumber(values, "seconds");
  const directory = folderInMemory();
  const bundleDirectory = join(directory, "bundle");
  mkdirSync(bundleDirectory);
  const bundle = bundleWorker("shipped", bundleDirectory);
  const server = await startWorkerd({
    bundle,
    config: readWorkerConfig(),
    vars: accountVars(MODE),
    mode: MODE,
    directory,
  });
  pinApart(server.pid, usableCores(), 0);
  const users = takingTurns(USERS);
  const sustained = await sustainedRate(server, users);
  console.error(`It sustains ${sustained.toFixed(0)} pushes a second.`);
  const rows: string[][] = [];
  for (const share of SHARES) {
    const rate = sustained * share;
    const pushes = makePushes(MODE, Math.round(rate * seconds), users);
    console.error(`${rate.toFixed(0)} a second for ${seconds} s …`);
    const arrivals = await atRate(server.port, pushes, rate, judgeEcho);
    rows.push(rowOf(share, rate, arrivals));
    if (total(arrivals.wrong) > 0) process.exitCode = 1;
    for (const [fault, n] of Object.entries({ ...arrivals.errors, ...arrivals.wrong })) {
      console.error(`  ${n} × ${fault}`);
    }
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
  const head = ["of sustained", "a second", "pushes", "in time", "p50 ms", "p99 ms", "wrong"];
  console.log(`\nAnswered within ${IN_TIME_MS} ms, secure mode; ${sustained.toFixed(0)} a second sustained.`);
  console.log(table([head, ...rows], []));
}

async function sustainedRate(server: Server, users: Users): Promise<number> {
  const amount = { warmUp: WARM_UP_REQUESTS, requests: SUSTAINED_REQUESTS, stretch: SUSTAINED_REQUESTS };
  const { elapsedMs } = await load(server, judgeEcho, users, amount);
  return SUSTAINED_REQUESTS / (elapsedMs / 1000);
}

function rowOf(share: number, rate: number, { latenciesMs, sent, wrong }: Arrivals): string[] {
  const sorted = [...latenciesMs].sort((a, b) => a - b);
  const inTime = sorted.filter((ms) => ms <= IN_TIME_MS).length;
  return [
    `${share}×`,
    rate.toFixed(0),
    String(sent),
    `${((100 * inTime) / sent).toFixed(2)} %`,
    quantile(sorted, 0.5).toFixed(1),
    quantile(sorted, 0.99).toFixed(1),
    String(total(wrong)),
  ];
}
