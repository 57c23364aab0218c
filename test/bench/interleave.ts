// Servers side by side, one after the other, round after round: what disturbs the machine disturbs all of them.
import { RE_WARM_REQUESTS, WARM_UP_REQUESTS } from "./constants.ts";
import { judgeOf, type Contender } from "./contenders.ts";
import { pinApart, usableCores } from "./cpu.ts";
import { load, type LoadResult } from "./load.ts";
import type { Server } from "./server.ts";

/** A server that is up, and what its counted rounds found. */
export interface Entrant {
  contender: Contender;
  server: Server;
  rounds: LoadResult[];
  /** The thrown-away first round: its CPU does not count, its faults do. */
  warmUp?: LoadResult;
}

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
      pinApart(entrant.server.pid, cores, round);
      const judge = judgeOf(entrant.contender);
      if (round === 0) entrant.warmUp = await load(entrant.server, judge, 0, WARM_UP_REQUESTS);
      else entrant.rounds.push(await load(entrant.server, judge, RE_WARM_REQUESTS, requests));
    }
    onRound(round);
  }
}
