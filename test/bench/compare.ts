/** `npm run bench`: the shipped Worker, an empty one and the Node SDKs; CPU per push, every reply verified. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { REQUESTS_PER_ROUND, RETURNING_USERS, ROUNDS } from "./constants.ts";
import { EMPTY, OURS, selectContenders, startContender, type Contender, type Ground } from "./contenders.ts";
import { usableCores } from "./cpu.ts";
import { computeFigures, hasFaults, quantile } from "./figures.ts";
import { folderInMemory, needLinux } from "./ground.ts";
import { interleave, type Entrant } from "./interleave.ts";
import { type Definitions, readOptions, wholeNumber } from "./options.ts";
import { installPeers, nodeVersion, peerNode, type PeerNode, systemNode } from "./peers.ts";
import { cpuTable, faultLines, weightTable, type Weight } from "./report.ts";
import { measureStartUp } from "./start-up.ts";
import { Unable } from "./unable.ts";
import { usersOf } from "./users.ts";
import {
  type Bundle,
  bundleWorker,
  emptyWorker,
  type Entry,
  readWorkerConfig,
  workerdVersion,
} from "./worker.ts";

export const COMPARE_USAGE = `npm run bench -- [options]
  --rounds N        counted rounds (${ROUNDS}); one more goes first and is thrown away
  --requests N      pushes per server and round (${REQUESTS_PER_ROUND})
  --only REGEX      servers to run, matched against "name mode", such as "secure" or "^(empty|wechat-edge)"
  --peer-node PATH  a second Node for co-wechat, beside the project's (the machine's own)
  --json FILE       writes every figure to a file`;

const DEFINITIONS: Definitions = {
  rounds: { type: "string", default: String(ROUNDS) },
  requests: { type: "string", default: String(REQUESTS_PER_ROUND) },
  only: { type: "string", default: "" },
  "peer-node": { type: "string" },
  json: { type: "string" },
};

const say = (line: string) => console.error(line);

/** Runs the comparison. Only ratios within one run say anything, and none fails it; a wrong or missing reply does. */
export async function compare(args: string[]): Promise<void> {
  const values = readOptions(args, COMPARE_USAGE, DEFINITIONS);
  if (!values) return console.log(COMPARE_USAGE);
  needLinux();
  const rounds = wholeNumber(values, "rounds");
  const requests = wholeNumber(values, "requests");
  const nodes = peerNodes(values["peer-node"]);
  const contenders = selectContenders(pattern(values["only"]), nodes);
  if (contenders.length === 0) throw new Unable(`--only ${values["only"]} leaves no server.`);
  const ground = prepare(contenders);
  say("Measuring start-up …");
  const weights = await weigh(contenders, ground);
  const entrants: Entrant[] = [];
  for (const contender of contenders) {
    const server = await startContender(contender, ground);
    entrants.push({ contender, server, users: usersOf(contender.clientele), rounds: [], consumedUs: [] });
  }
  if (usableCores().length < 2) say("No two cores to pin to (or no taskset): expect more noise.");
  await interleave(entrants, rounds, requests, (round) =>
    say(round === 0 ? "Warmed up." : `Round ${round} of ${rounds} done.`),
  );
  const pushes = `${rounds} rounds of ${requests}, ${RETURNING_USERS} users`;
  report({ entrants, weights, nodes, pushes, json: values["json"] });
}

function pattern(text = ""): RegExp {
  try {
    return new RegExp(text);
  } catch (cause) {
    throw new Unable(`--only "${text}" is no regular expression.`, { cause });
  }
}

/** The project's Node first, for it has `node:sqlite`; then another one, if there is one of another version. */
function peerNodes(given: string | undefined): [PeerNode, ...PeerNode[]] {
  const own = peerNode(process.execPath);
  const path = given ?? systemNode();
  const other = path === undefined ? undefined : peerNode(path);
  return other === undefined || other.major === own.major ? [own] : [own, other];
}

interface Results {
  readonly entrants: readonly Entrant[];
  readonly weights: readonly Weight[];
  readonly nodes: readonly PeerNode[];
  readonly pushes: string;
  readonly json: string | undefined;
}

function report({ entrants, weights, nodes, pushes, json }: Results): void {
  const majors = nodes.map(({ major }) => major).sort((a, b) => a - b);
  const figures = computeFigures(entrants, majors);
  const conditions = {
    machine: `${cpus().length} × ${cpus()[0]?.model}`,
    workers: workerdVersion(),
    peers: `peers on Node ${nodes.map(({ executable }) => nodeVersion(executable)).join(" and ")}`,
    pushes,
  };
  console.log(
    `\nCPU a push (user and system), ratios at p10 and p25. ${Object.values(conditions).join("; ")}.`,
  );
  console.log(cpuTable(figures, majors));
  for (const { contender, consumedUs } of entrants) {
    const sorted = [...consumedUs].sort((a, b) => a - b);
    if (sorted.length === 0) continue;
    console.log(
      `${contender.name}: its consumer takes ${quantile(sorted, 0.25).toFixed(1)} µs a job more, p25 of rounds.`,
    );
  }
  if (weights.length) console.log(`\n${weightTable(weights)}`);
  for (const line of figures.flatMap(faultLines)) console.log(line);
  if (figures.some(hasFaults)) process.exitCode = 1;
  if (json === undefined) return;
  const rounds = entrants.map((entrant) => ({ ...entrant.contender, rounds: entrant.rounds }));
  const plain = figures.map((row) => ({ ...row, toReference: Object.fromEntries(row.toReference) }));
  writeFileSync(json, `${JSON.stringify({ conditions, figures: plain, weights, rounds }, null, 2)}\n`);
}

/** Builds the Workers and installs the peers, as far as they take part. */
function prepare(contenders: readonly Contender[]): Ground {
  if (contenders.some(({ runs }) => runs.kind === "peer")) {
    say("Installing the peers …");
    installPeers();
  }
  say("Bundling the Workers …");
  const directory = folderInMemory();
  const bundles = new Map<Entry, Bundle>();
  for (const { runs } of contenders) {
    if (runs.kind !== "worker" || bundles.has(runs.entry)) continue;
    const folder = join(directory, `bundle-${runs.entry}`);
    mkdirSync(folder);
    bundles.set(runs.entry, bundleWorker(runs.entry, folder));
  }
  return { bundles, empty: emptyWorker(), config: readWorkerConfig(), directory };
}

/** Size and start-up of the Workers, in the mode with the most to set up. */
async function weigh(contenders: readonly Contender[], ground: Ground): Promise<Weight[]> {
  const weights: Weight[] = [];
  for (const name of [EMPTY, OURS]) {
    const contender = contenders.find((one) => one.name === name && one.mode === "secure");
    const bundle = name === EMPTY ? ground.empty : ground.bundles.get("shipped");
    if (!contender || !bundle) continue;
    weights.push({ name, bundle, startUpMs: await measureStartUp(contender, ground) });
  }
  return weights;
}
