/** One closed-loop load on one server: every connection sends its next push as soon as it has its reply. */
import { performance } from "node:perf_hooks";
import { Connection, type Outcome } from "./connection.ts";
import { CONNECTIONS, REPLY_TIMEOUT_MS } from "./constants.ts";
import { cpuTimeUs } from "./cpu.ts";
import type { Judge } from "./judge.ts";
import { makePushes, type Push } from "./pushes.ts";
import type { Server } from "./server.ts";
import type { Users } from "./users.ts";

/** How much is sent. */
export interface Amount {
  /** Pushes that are not counted, at the head. */
  readonly warmUp: number;
  readonly requests: number;
  /** Pushes between two readings of the CPU counter. */
  readonly stretch: number;
}

/** What one load found out. */
export interface LoadResult {
  /** CPU µs per push of each whole stretch. */
  stretches: number[];
  /** Why pushes had no 200 answer, counted. */
  errors: Tally;
  /** What was wrong with 200 answers, counted. */
  wrong: Tally;
  /** Answers held against their push. */
  verified: number;
  /** How long the counted pushes took. */
  elapsedMs: number;
}

export type Tally = Record<string, number>;

interface Answer {
  push: Push;
  body: string;
}

/**
 * Sends `warmUp` pushes, then `requests` with the server's CPU counter read every stretch, then verifies **every**
 * answer: they are kept meanwhile, so that the judge's work falls outside what is measured.
 */
export async function load(server: Server, judge: Judge, users: Users, amount: Amount): Promise<LoadResult> {
  const { warmUp, requests } = amount;
  const pushes = makePushes(server.mode, warmUp + requests, users);
  const result: LoadResult = { stretches: [], errors: {}, wrong: {}, verified: 0, elapsedMs: 0 };
  const answers: Answer[] = [];
  const take = (push: Push, outcome: Outcome) => {
    if ("failure" in outcome) count(result.errors, outcome.failure);
    else if (outcome.status !== 200) count(result.errors, `status ${outcome.status}`);
    else answers.push({ push, body: outcome.body.toString("utf8") });
  };
  if (warmUp) await sendAll(server.port, pushes.slice(0, warmUp), take);

  const stretch = Math.min(amount.stretch, requests);
  const begin = performance.now();
  let before = cpuTimeUs(server.pid);
  await sendAll(server.port, pushes.slice(warmUp), (push, outcome, done) => {
    take(push, outcome);
    if (done % stretch) return;
    const now = cpuTimeUs(server.pid);
    result.stretches.push((now - before) / stretch);
    before = now;
  });

  result.elapsedMs = performance.now() - begin;

  for (const { push, body } of answers) {
    const fault = judge(push, body);
    if (fault) count(result.wrong, fault);
    result.verified++;
  }
  return result;
}

/** How many faults a tally counts. */
export function total(tally: Tally): number {
  return Object.values(tally).reduce((sum, n) => sum + n, 0);
}

function count(tally: Tally, key: string): void {
  tally[key] = (tally[key] ?? 0) + 1;
}

/** Sends each push once; `onOutcome` also hears how many are done. */
async function sendAll(
  port: number,
  pushes: readonly Push[],
  onOutcome: (push: Push, outcome: Outcome, done: number) => void,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const underWay = new Map<Connection, Push>();
  let next = 0;
  let done = 0;
  const sendNext = (connection: Connection) => {
    const push = pushes[next++];
    if (!push) return;
    underWay.set(connection, push);
    connection.send(push.wire);
  };
  const settle = (connection: Connection, outcome: Outcome) => {
    const push = underWay.get(connection);
    if (!push) return;
    underWay.delete(connection);
    onOutcome(push, outcome, ++done);
    if (done === pushes.length) resolve();
    else sendNext(connection);
  };
  const connections = Array.from({ length: CONNECTIONS }, () => new Connection(port, settle));
  for (const connection of connections) sendNext(connection);

  let doneBefore = 0;
  const watchdog = setInterval(() => {
    // Each that fails sends its next push at once: that one has not waited yet.
    const waiting = done === doneBefore ? [...underWay.keys()] : [];
    for (const connection of waiting) connection.fail("timeout");
    doneBefore = done;
  }, REPLY_TIMEOUT_MS);
  await promise;
  clearInterval(watchdog);
  for (const connection of connections) connection.close();
}
