/** Servers side by side, one after the other, round after round: what disturbs the machine disturbs all of them. */
import {
  COLD_REQUESTS,
  COLD_STRETCH_REQUESTS,
  COLD_WARM_REQUESTS,
  RE_WARM_REQUESTS,
  REST_CPU_US,
  REST_MS,
  SLEEP_TIMEOUT_MS,
  STRETCH_REQUESTS,
  WARM_UP_REQUESTS,
} from "./constants.ts";
import { ENQUEUING, judgeOf, type Contender } from "./contenders.ts";
import { cpuTimeUs, openDatabases, pinApart, usableCores } from "./cpu.ts";
import { load, type Amount, type LoadResult } from "./load.ts";
import type { Server } from "./server.ts";
import { Unable } from "./unable.ts";
import { usersOf, type Users } from "./users.ts";

/** A server that is up, and what its counted rounds found. */
export interface Entrant {
  contender: Contender;
  server: Server;
  users: Users;
  rounds: LoadResult[];
  /** CPU µs a push of what the queue's consumer did after each counted round. */
  consumedUs: number[];
  /** The thrown-away first round: its CPU does not count, its faults do. */
  warmUp?: LoadResult;
}

const POLL_MS = 200;

/** A B C A B C …; fills in the entrants' results. */
export async function interleave(
  entrants: readonly Entrant[],
  rounds: number,
  requests: number,
  onRound: (round: number) => void,
): Promise<void> {
  const cores = usableCores();
  for (let round = 0; round <= rounds; round++) {
    for (const entrant of entrants) {
      const { contender, server, users } = entrant;
      if (contender.clientele === "woken") await untilAsleep(server);
      pinApart(server.pid, cores, round);
      // The users that are counted begin without a history.
      const isOthers = round === 0 && contender.clientele === "returning";
      const writers = isOthers ? usersOf("returning") : users;
      const amount = amountOf(contender, round, requests);
      const result = await load(server, judgeOf(contender), writers, amount);
      if (contender.name === ENQUEUING) {
        const us = (await untilAtRest(server)) / (amount.warmUp + amount.requests);
        if (round > 0) entrant.consumedUs.push(us);
      }
      if (round === 0) entrant.warmUp = result;
      else entrant.rounds.push(result);
    }
    onRound(round);
  }
}

/** Users that come once a round write once. */
function amountOf({ clientele }: Contender, round: number, requests: number): Amount {
  if (clientele !== "returning") {
    return { warmUp: COLD_WARM_REQUESTS, requests: COLD_REQUESTS, stretch: COLD_STRETCH_REQUESTS };
  }
  return round === 0
    ? { warmUp: 0, requests: WARM_UP_REQUESTS, stretch: STRETCH_REQUESTS }
    : { warmUp: RE_WARM_REQUESTS, requests, stretch: STRETCH_REQUESTS };
}

async function untilAsleep({ pid }: Server): Promise<void> {
  for (let waitedMs = 0; openDatabases(pid) > 0; waitedMs += POLL_MS) {
    if (waitedMs > SLEEP_TIMEOUT_MS) throw new Unable("Objects that nobody uses do not leave memory.");
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** What was put off is done once the load is over. @returns its CPU time in µs */
async function untilAtRest({ pid }: Server): Promise<number> {
  const start = cpuTimeUs(pid);
  for (let before = start; ;) {
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    const now = cpuTimeUs(pid);
    if (now - before < REST_CPU_US) return now - start;
    before = now;
  }
}
