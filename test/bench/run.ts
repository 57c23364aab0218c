// Compares the shipped Worker with an empty one and with the Node SDKs: CPU per push, every reply verified.
// Only ratios within one run say anything, and none of them fails it; a wrong or missing reply does.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { EMPTY, OURS, selectContenders, startContender, type Contender, type Ground } from "./contenders.ts";
import { usableCores } from "./cpu.ts";
import { computeFigures, hasFaults } from "./figures.ts";
import { interleave, type Entrant } from "./interleave.ts";
import { readOptions, USAGE, type Options } from "./options.ts";
import { installPeers, nodeVersion, PEERS } from "./peers.ts";
import { cpuTable, faultLines, weightTable, type Weight } from "./report.ts";
import { measureStartUp } from "./start-up.ts";
import { Unable } from "./unable.ts";
import { bundleWorker, emptyWorker, readWorkerConfig, workerdVersion } from "./worker.ts";

const say = (line: string) => console.error(line);

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Unable)) throw error;
  say(error.message);
  process.exitCode = 1;
}
// The servers are still up: leaving ends them and removes the folder.
process.exit();

async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  if (!options) return console.log(USAGE);
  if (process.platform !== "linux") {
    throw new Unable("The benchmark reads the CPU time of processes from /proc, so it runs on Linux only.");
  }
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "wechat-edge-bench-"));
  process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
  const contenders = selectContenders(options.only);
  if (contenders.length === 0) throw new Unable(`--only ${options.only.source} leaves no server.`);
  const ground = prepare(contenders, options.peerNode, directory);
  say("Measuring start-up …");
  const weights = await weigh(contenders, ground);
  const entrants = await race(contenders, ground, options);
  report(options, entrants, weights);
}

/** Starts everybody and has them take turns. */
async function race(contenders: readonly Contender[], ground: Ground, options: Options): Promise<Entrant[]> {
  const entrants: Entrant[] = [];
  for (const contender of contenders) {
    entrants.push({ contender, server: await startContender(contender, ground), rounds: [] });
  }
  if (usableCores().length < 2) say("No two cores to pin to (or no taskset): expect more noise.");
  await interleave(entrants, options.rounds, options.requests, (round) =>
    say(round === 0 ? "Warmed up." : `Round ${round} of ${options.rounds} done.`),
  );
  return entrants;
}

function report(options: Options, entrants: readonly Entrant[], weights: readonly Weight[]): void {
  const figures = computeFigures(entrants);
  const conditions = {
    machine: `${cpus().length} × ${cpus()[0]?.model}`,
    workers: workerdVersion(),
    peers: `peers on Node ${nodeVersion(options.peerNode)}`,
    pushes: `${options.rounds} rounds of ${options.requests}`,
  };
  console.log(
    `\nCPU a push (user and system), ratios at p10 and p25. ${Object.values(conditions).join("; ")}.`,
  );
  console.log(cpuTable(figures));
  if (weights.length) console.log(`\n${weightTable(weights)}`);
  for (const line of figures.flatMap(faultLines)) console.log(line);
  if (figures.some(hasFaults)) process.exitCode = 1;
  if (options.json) {
    const rounds = entrants.map((entrant) => ({ ...entrant.contender, rounds: entrant.rounds }));
    writeFileSync(options.json, `${JSON.stringify({ conditions, figures, weights, rounds }, null, 2)}\n`);
  }
}

/** Builds the Worker and installs the peers, as far as they take part. */
function prepare(contenders: readonly Contender[], peerNode: string, directory: string): Ground {
  if (contenders.some(({ name }) => PEERS.some((peer) => peer === name))) {
    say("Installing the peers …");
    installPeers();
  }
  say("Bundling the Worker …");
  const bundleDirectory = join(directory, "bundle");
  mkdirSync(bundleDirectory);
  return {
    ours: bundleWorker(bundleDirectory),
    empty: emptyWorker(),
    config: readWorkerConfig(),
    peerNode,
    directory,
  };
}

/** Size and start-up of the Workers, in the mode with the most to set up. */
async function weigh(contenders: readonly Contender[], ground: Ground): Promise<Weight[]> {
  const bundles = { [EMPTY]: ground.empty, [OURS]: ground.ours };
  const weights: Weight[] = [];
  for (const name of [EMPTY, OURS] as const) {
    if (!contenders.some((contender) => contender.name === name)) continue;
    weights.push({
      name,
      bundle: bundles[name],
      startUpMs: await measureStartUp({ name, mode: "secure" }, ground),
    });
  }
  return weights;
}
