/** Sends at a rate, whether or not there are answers: as WeChat does, which also hangs up after five seconds. */
import { performance } from "node:perf_hooks";
import { Connection, type Outcome } from "./connection.ts";
import type { Judge } from "./judge.ts";
import type { Tally } from "./load.ts";
import type { Push } from "./pushes.ts";

/** What came back. */
export interface Arrivals {
  readonly sent: number;
  /** Of the answers: since their push was due. */
  readonly latenciesMs: readonly number[];
  /** Why pushes had no 200 answer, counted. */
  readonly errors: Tally;
  /** What was wrong with 200 answers, counted. */
  readonly wrong: Tally;
}

/** WeChat cuts the connection after this. */
const HANG_UP_MS = 5_000;
/** A push that finds them all in use is not taken: a front proxy's limit. Without one, all would wait until too late. */
const MAX_CONNECTIONS = 1_000;
const TICK_MS = 5;

interface Waiting {
  readonly push: Push;
  readonly dueAt: number;
}

/** Sends the pushes at `rate` a second, and judges every answer when all is over. */
export async function atRate(
  port: number,
  pushes: readonly Push[],
  rate: number,
  judge: Judge,
): Promise<Arrivals> {
  const errors: Tally = {};
  const answers: { push: Push; body: string; ms: number }[] = [];
  const underWay = new Map<Connection, Waiting>();
  const idle: Connection[] = [];
  const connections = new Set<Connection>();
  const settle = (connection: Connection, outcome: Outcome): void => {
    const waiting = underWay.get(connection);
    if (!waiting) return;
    underWay.delete(connection);
    idle.push(connection);
    const ms = performance.now() - waiting.dueAt;
    if ("failure" in outcome) count(errors, outcome.failure);
    else if (outcome.status !== 200) count(errors, `status ${outcome.status}`);
    else answers.push({ push: waiting.push, body: outcome.body.toString("utf8"), ms });
  };
  const free = (): Connection | undefined => {
    const known = idle.pop();
    if (known || connections.size >= MAX_CONNECTIONS) return known;
    const connection = new Connection(port, settle);
    connections.add(connection);
    return connection;
  };

  const start = performance.now();
  const dueAt = (index: number): number => start + (index / rate) * 1000;
  for (let next = 0; next < pushes.length || underWay.size > 0;) {
    const now = performance.now();
    for (const [connection, waiting] of underWay) {
      // In the order in which they were sent: the first that may still wait ends the search.
      if (now - waiting.dueAt < HANG_UP_MS) break;
      connection.fail("no answer within 5 s");
    }
    for (let push = pushes[next]; push !== undefined && dueAt(next) <= now; push = pushes[next]) {
      const connection = free();
      if (connection) {
        underWay.set(connection, { push, dueAt: dueAt(next) });
        connection.send(push.wire);
      } else count(errors, "no free connection");
      next++;
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  for (const connection of connections) connection.close();

  const wrong: Tally = {};
  for (const { push, body } of answers) {
    const fault = judge(push, body);
    if (fault) count(wrong, fault);
  }
  return { sent: pushes.length, latenciesMs: answers.map(({ ms }) => ms), errors, wrong };
}

function count(tally: Tally, key: string): void {
  tally[key] = (tally[key] ?? 0) + 1;
}
