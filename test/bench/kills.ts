/** `npm run bench -- kills`: workerd is killed at random moments; what it had acknowledged must be there afterwards. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { accountVars, type Mode } from "./account.ts";
import { Connection } from "./connection.ts";
import { folderOnDisk, needLinux } from "./ground.ts";
import { readReply } from "./judge.ts";
import { type Definitions, readOptions, wholeNumber } from "./options.ts";
import { makePush, type Push } from "./pushes.ts";
import type { Server } from "./server.ts";
import { table } from "./table.ts";
import { newOpenId } from "./users.ts";
import { bundleWorker, readWorkerConfig } from "./worker.ts";
import { startWorkerd, type WorkerSetup } from "./workerd.ts";

const CYCLES = 100;
/** Cycles in which all rows are thrown away after the kill: a test that finds no loss there has no teeth. */
const CONTROL_CYCLES = 3;
const MODE: Mode = "secure";
const USERS = 16;
/** Users whose objects have grown this old make room for new ones. */
const CYCLES_PER_USER = 5;
/** A user's burst is 40 pushes. */
const PUSHES_PER_USER = 30;
const KILL_AFTER_MS = { least: 2, most: 600 };

export const KILLS_USAGE = `npm run bench -- kills [options]
  Kills workerd (SIGKILL) at random moments and sends every push again that it had answered.
  --cycles N        kills (${CYCLES}); a second or two each`;

const VARIANTS = {
  quick: "handler answers at once",
  slow: "handler waits 5 ms",
  rowless: "control: rows thrown away",
} as const;
type Variant = keyof typeof VARIANTS;

const DEFINITIONS: Definitions = { cycles: { type: "string", default: String(CYCLES) } };

/** What was found out. */
interface Tallies {
  cycles: number;
  acknowledged: number;
  /** Sent again, answered with the same text by the same run. */
  found: number;
  lost: number;
  /** Under way when the process died. */
  unanswered: number;
  /** Those that got one and the same answer twice afterwards. */
  agreed: number;
  users: number;
  /** Sessions that had not counted every push exactly once. */
  wrongCounters: number;
  /** Answers that were no right reply at all. */
  faults: Map<string, number>;
}

/** A push and the text that it was answered with, if it was. */
interface Sent {
  readonly push: Push;
  readonly text: string | undefined;
}

/** Kills and compares. Sets the exit code when anything is lost, or when the control loses nothing. */
export async function kills(args: string[]): Promise<void> {
  const values = readOptions(args, KILLS_USAGE, DEFINITIONS);
  if (!values) return console.log(KILLS_USAGE);
  needLinux();
  const cycles = wholeNumber(values, "cycles");
  const directory = folderOnDisk();
  const bundleDirectory = join(directory, "bundle");
  mkdirSync(bundleDirectory);
  const setup = {
    bundle: bundleWorker("counting", bundleDirectory),
    config: readWorkerConfig(),
    vars: accountVars(MODE),
    mode: MODE,
  };
  const rows: [string, Tallies][] = [];
  for (const variant of ["quick", "slow"] as const) {
    const name = VARIANTS[variant];
    console.error(`${name}: ${cycles} cycles …`);
    rows.push([name, await repeat({ ...setup, directory: folder(directory, variant) }, cycles, variant)]);
  }
  const control = await repeat(
    { ...setup, directory: folder(directory, "control") },
    CONTROL_CYCLES,
    "rowless",
  );
  console.log(killTable([...rows, [VARIANTS.rowless, control]]));
  for (const [name, { faults }] of rows)
    for (const [fault, n] of faults) console.log(`${name}: ${n} × ${fault}`);
  if (control.lost === 0 || rows.some(([, tallies]) => hasLoss(tallies))) process.exitCode = 1;
}

function folder(directory: string, name: string): string {
  const path = join(directory, name);
  mkdirSync(path);
  return path;
}

async function repeat(setup: WorkerSetup, cycles: number, variant: Variant): Promise<Tallies> {
  const tallies: Tallies = {
    cycles,
    acknowledged: 0,
    found: 0,
    lost: 0,
    unanswered: 0,
    agreed: 0,
    users: 0,
    wrongCounters: 0,
    faults: new Map(),
  };
  let users: User[] = [];
  for (let cycle = 0; cycle < cycles; cycle++) {
    if (cycle % CYCLES_PER_USER === 0)
      users = Array.from({ length: USERS }, () => new User(variant, tallies.faults));
    await oneCycle(setup, users, tallies, variant === "rowless");
  }
  return tallies;
}

async function oneCycle(
  setup: WorkerSetup,
  users: readonly User[],
  tallies: Tallies,
  forget: boolean,
): Promise<void> {
  const server = await startWorkerd(setup);
  const writing = users.map((user) => user.write(server));
  const { least, most } = KILL_AFTER_MS;
  await new Promise((resolve) => setTimeout(resolve, least + Math.random() * (most - least)));
  await server.stop();
  const sent = await Promise.all(writing);
  if (forget) rmSync(join(setup.directory, "Conversation"), { recursive: true });

  const revived = await startWorkerd(setup);
  await Promise.all(users.map((user, index) => user.verify(revived, sent[index] ?? [], tallies)));
  await revived.stop();
}

/** One user, whose pushes are told one after the other, as WeChat tells them. */
class User {
  readonly #openId = newOpenId();
  readonly #variant: Variant;
  readonly #faults: Map<string, number>;
  /** Different pushes that the account was told of. */
  #told = 0;

  constructor(variant: Variant, faults: Map<string, number>) {
    this.#variant = variant;
    this.#faults = faults;
  }

  /** Writes until the server dies or enough is written. */
  async write(server: Server): Promise<Sent[]> {
    const line = new Line(server);
    const sent: Sent[] = [];
    while (sent.length < PUSHES_PER_USER) {
      const push = this.#newPush();
      const text = await this.#answer(line, push);
      sent.push({ push, text });
      if (text === undefined) break;
    }
    line.close();
    return sent;
  }

  /** Sends everything again and asks for the count. */
  async verify(server: Server, sent: readonly Sent[], tallies: Tallies): Promise<void> {
    const line = new Line(server);
    for (const { push, text } of sent) {
      const now = await this.#answer(line, again(push));
      if (text === undefined) {
        tallies.unanswered++;
        if (now !== undefined && now === (await this.#answer(line, again(push)))) tallies.agreed++;
        continue;
      }
      tallies.acknowledged++;
      if (now === text) tallies.found++;
      else tallies.lost++;
    }
    const probe = await this.#answer(line, this.#newPush());
    tallies.users++;
    if (Number(probe?.split(" ")[0]) !== this.#told) tallies.wrongCounters++;
    line.close();
  }

  #newPush(): Push {
    this.#told++;
    return makePush(MODE, this.#openId, `${this.#variant} ${this.#told}`);
  }

  /** The text of the answer; `undefined` when the server is gone or answers wrongly, which is noted. */
  async #answer(line: Line, push: Push): Promise<string | undefined> {
    const body = await line.send(push);
    if (body === undefined) return undefined;
    const reply = readReply(push, body);
    if ("content" in reply) return reply.content;
    this.#faults.set(reply.fault, (this.#faults.get(reply.fault) ?? 0) + 1);
    return undefined;
  }
}

/** One connection to a server that may die. */
class Line {
  readonly #connection: Connection;
  #settle: (body: string | undefined) => void = () => {};

  constructor({ port }: Server) {
    this.#connection = new Connection(port, (_connection, outcome) => {
      const isAnswer = !("failure" in outcome) && outcome.status === 200;
      this.#settle(isAnswer ? outcome.body.toString("utf8") : undefined);
    });
  }

  send({ wire }: Push): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#connection.send(wire);
    });
  }

  close(): void {
    this.#connection.close();
  }
}

/** The same push, signed and sealed anew. */
function again({ mode, openId, content, msgId }: Push): Push {
  return makePush(mode, openId, content, msgId);
}

function hasLoss({ lost, unanswered, agreed, wrongCounters, faults }: Tallies): boolean {
  return lost + wrongCounters + faults.size > 0 || agreed !== unanswered;
}

function killTable(rows: readonly (readonly [string, Tallies])[]): string {
  const head = [
    "objects on disk",
    "kills",
    "acknowledged",
    "found again",
    "lost",
    "unanswered",
    "answered alike afterwards",
    "counters",
    "wrong",
  ];
  const body = rows.map(([name, t]) => [
    name,
    ...[t.cycles, t.acknowledged, t.found, t.lost, t.unanswered, t.agreed, t.users, t.wrongCounters].map(
      String,
    ),
  ]);
  return table([head, ...body], [0]);
}
