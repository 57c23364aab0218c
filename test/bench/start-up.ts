/** From starting the process to its first right answer. */
import { performance } from "node:perf_hooks";
import { START_UP_TRIES } from "./constants.ts";
import { judgeOf, startContender, type Contender, type Ground } from "./contenders.ts";
import { load, total } from "./load.ts";
import { Unable } from "./unable.ts";
import { usersOf } from "./users.ts";

const FIRST_PUSH = { warmUp: 0, requests: 1, stretch: 1 };

/** The best of several starts, in milliseconds. Throws when the first answer is not right. */
export async function measureStartUp(contender: Contender, ground: Ground): Promise<number> {
  let best = Infinity;
  for (let tries = 0; tries < START_UP_TRIES; tries++) {
    const begin = performance.now();
    const server = await startContender(contender, ground);
    const { errors, wrong } = await load(server, judgeOf(contender), usersOf("new"), FIRST_PUSH);
    best = Math.min(best, performance.now() - begin);
    await server.stop();
    if (total(errors) + total(wrong))
      throw new Unable(
        `The first answer of ${contender.name} is not right: ${Object.keys({ ...errors, ...wrong }).join(", ")}`,
      );
  }
  return best;
}
