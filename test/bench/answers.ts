/** `npm run bench -- answers`: how a model's answers reach their users, by account, time and length. */
import type { AccountKind } from "../../simulator/account.ts";
import { type AnswerReport, isOver, reportOf } from "./answer-report.ts";
import { answerTable, faultsOf, type Leeway, tediousIn } from "./answer-table.ts";
import { Asker } from "./asker.ts";
import { AssistantStage, KINDS, type StageOptions } from "./assistant-stage.ts";
import { type Definitions, readOptions, wholeNumber } from "./options.ts";
import { Unable } from "./unable.ts";

/** One part of the matrix, played on a stage of its own. */
interface Part extends StageOptions, Leeway {
  /** For people. */
  readonly title: string;
  readonly seconds: readonly number[];
  readonly bytes: readonly number[];
  /** Questions of one time by themselves: they are one batch of the local queue, or the Worker is killed among them. */
  readonly inWaves: boolean;
  /** The Worker is killed in the middle of the answers. */
  readonly isKilled: boolean;
}

/** One kind of account, one time, one length. */
export interface AnswerCell {
  readonly kind: (typeof KINDS)[number];
  readonly seconds: number;
  readonly bytes: number;
  readonly reports: AnswerReport[];
}

const PARTS = {
  worker: {
    title: "via the Worker",
    via: "worker",
    seconds: [1, 4, 8, 12, 20],
    bytes: [100, 2_000, 10_000, 50_000],
    inWaves: false,
    isTwice: false,
    isKilled: false,
    maxCalls: 1,
    mayBreakOff: false,
  },
  queue: {
    title: "via the queue",
    via: "queue",
    seconds: [40, 120],
    bytes: [100, 2_000, 10_000, 50_000],
    inWaves: true,
    isTwice: false,
    isKilled: false,
    maxCalls: 1,
    mayBreakOff: false,
  },
  twice: {
    title: "via the Worker, every push twice at once",
    via: "worker",
    seconds: [1, 12],
    bytes: [2_000, 10_000],
    inWaves: false,
    isTwice: true,
    isKilled: false,
    maxCalls: 1,
    mayBreakOff: false,
  },
  killed: {
    title: "via the Worker, which is killed in the middle of the answers",
    via: "worker",
    seconds: [1, 12],
    bytes: [2_000, 10_000],
    inWaves: true,
    isTwice: false,
    isKilled: true,
    maxCalls: 2,
    mayBreakOff: true,
  },
} as const satisfies Readonly<Record<string, Part>>;

const USERS = 2;
const QUICK_SECONDS = 40;
/** Answers of this length come by themselves: they are most of the work, and would make the others late. */
const LONG_BYTES = 50_000;
/** Users do not all write in the same instant. */
const ARRIVAL_MS = 20_000;
/** Messages of a user are waited for so long, in case that more of them follow. */
const BURST_MS = 800;
const PATIENCE_MS = 45_000;
/** A run that died with its Worker is made again when its lease is over. */
const PATIENCE_AFTER_KILL_MS = 120_000;
/** After the last answer: time for one that should not come. */
const AFTERMATH_MS = 3_000;

export const ANSWERS_USAGE = `npm run bench -- answers [options]
  A model writes for ${PARTS.worker.seconds.join(", ")} s (queue: ${PARTS.queue.seconds.join(", ")}), ${PARTS.worker.bytes.join(", ")} bytes, on ${KINDS.join(", ")}
  accounts, in real time: some twelve minutes. Then some of it with every push twice at once, and with the Worker killed.
  --users N         users of each account, time and length (${USERS})
  --quick           one user each, and nothing above ${QUICK_SECONDS} s: some eight minutes
  --part NAME       only one part: ${Object.keys(PARTS).join(", ")}`;

const DEFINITIONS: Definitions = {
  users: { type: "string", default: String(USERS) },
  quick: { type: "boolean", default: false },
  part: { type: "string" },
};

/** Plays the parts, one after the other. Sets the exit code when an answer is not whole or the model was asked too often. */
export async function answers(args: string[]): Promise<void> {
  const values = readOptions(args, ANSWERS_USAGE, DEFINITIONS);
  if (!values) return console.log(ANSWERS_USAGE);
  const isQuick = values["quick"] === "true";
  const users = isQuick ? 1 : wholeNumber(values, "users");
  for (const part of partsOf(values["part"])) {
    const seconds = part.seconds.filter((one) => !isQuick || one <= QUICK_SECONDS);
    const count = KINDS.length * seconds.length * part.bytes.length * users;
    console.error(`${part.title}: ${count} users …`);
    const stage = await AssistantStage.open(part);
    const { cells, stray } = await new Play(stage, part, users).run(seconds);
    const { twins, warnings } = stage;
    await stage.close();
    console.log(`\n${part.title}, ${users} users a row\n${answerTable(cells)}`);
    if (part.isTwice) console.log(`${twins.compared} requests and their doubles were both answered`);
    const faults = faultsOf(cells, part);
    if (stray !== 0) faults.push(`the model was asked ${stray} times for what nobody asked`);
    faults.push(...twins.disagreements.map((pair) => `one push, two answers:\n${pair}`));
    for (const fault of faults) console.log(`! ${fault}`);
    for (const one of tediousIn(cells)) console.log(`? ${one}`);
    for (const [warning, times] of warnings) console.log(`${times} × ${warning}`);
    if (faults.length > 0) process.exitCode = 1;
  }
}

function partsOf(name: string | undefined): readonly Part[] {
  if (name === undefined) return Object.values(PARTS);
  const found = Object.entries(PARTS).find(([known]) => known === name);
  if (found === undefined) throw new Unable(`--part takes ${Object.keys(PARTS).join(", ")}, not "${name}".`);
  return [found[1]];
}

/** One part on its stage. */
class Play {
  readonly #stage: AssistantStage;
  readonly #part: Part;
  readonly #users: number;

  constructor(stage: AssistantStage, part: Part, users: number) {
    this.#stage = stage;
    this.#part = part;
    this.#users = users;
  }

  /** @returns the cells, and how often the model was asked beside the questions */
  async run(seconds: readonly number[]): Promise<{ cells: AnswerCell[]; stray: number }> {
    // The first push of all starts the Worker.
    await Promise.all(
      KINDS.map((kind) => this.#asker(kind, 1, 100, "first").ask((timeline) => isOver(timeline))),
    );
    const before = (await this.#stage.modelCalls("")).all;
    const cells: AnswerCell[] = [];
    const { bytes, inWaves } = this.#part;
    const times = inWaves ? seconds.map((one) => [one]) : [seconds];
    const sizes = inWaves
      ? [bytes]
      : [bytes.filter((size) => size < LONG_BYTES), bytes.filter((size) => size >= LONG_BYTES)];
    for (const size of sizes) for (const time of times) cells.push(...(await this.#wave(time, size)));
    const asked = cells.flatMap(({ reports }) => reports).reduce((sum, { calls }) => sum + calls, 0);
    const stray = (await this.#stage.modelCalls("")).all - before - asked;
    const order = (cell: AnswerCell): number =>
      KINDS.indexOf(cell.kind) * 1e9 + cell.seconds * 1e6 + cell.bytes;
    return { cells: cells.sort((a, b) => order(a) - order(b)), stray };
  }

  async #wave(seconds: readonly number[], bytes: readonly number[]): Promise<AnswerCell[]> {
    const { inWaves, isKilled } = this.#part;
    const cells = KINDS.flatMap((kind) =>
      seconds.flatMap((time) =>
        bytes.map((size): AnswerCell => ({ kind, seconds: time, bytes: size, reports: [] })),
      ),
    );
    const askers = Array.from({ length: this.#users }, (_, index) =>
      cells.map((cell) => ({ cell, asker: this.#asker(cell.kind, cell.seconds, cell.bytes, String(index)) })),
    ).flat();
    const asking = askers.map(async ({ asker }, turn) => {
      const waitMs = inWaves ? 0 : (turn / askers.length) * ARRIVAL_MS;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      await asker.ask(isOver);
    });
    if (isKilled) await this.#killAfter(BURST_MS + (Math.max(...seconds) * 1000) / 2);
    await Promise.all(asking);
    await new Promise((resolve) => setTimeout(resolve, AFTERMATH_MS));
    for (const { cell, asker } of askers) {
      await asker.look();
      cell.reports.push(reportOf(asker, (await this.#stage.modelCalls(asker.mark)).those));
    }
    return cells;
  }

  async #killAfter(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await this.#stage.kill();
  }

  #asker(account: AccountKind, seconds: number, bytes: number, which: string): Asker {
    const name = `${account}-${seconds}-${bytes}-${which}`;
    const patienceMs = this.#part.isKilled ? PATIENCE_AFTER_KILL_MS : PATIENCE_MS;
    return new Asker({ simulator: this.#stage.url, account, name, seconds, bytes, patienceMs });
  }
}
