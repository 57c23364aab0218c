/** What the objects of a simulation keep, read from their rows; and their deaths. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { realPause } from "../support/fast-time.ts";
import { tokensOf } from "./bot.ts";
import { openParts } from "./checker.ts";
import type { PlanOf } from "./faulty-env.ts";
import type { KeptTurn } from "./history.ts";
import { type FaultCounts, STORAGE_ODDS } from "./plan.ts";

/** A conversation's object may take so long to be put to sleep, in real milliseconds. */
const EVICTION_MS = 300;
const INSERT = "INSERT OR REPLACE INTO turn";

/** What one object keeps. */
export interface Kept {
  readonly turns: readonly KeptTurn[];
  readonly session: Readonly<Record<string, number>>;
}

/** A turn as its row has it, as far as it is of use. */
interface TurnRow {
  readonly key: string;
  readonly user: string;
  readonly state: string;
  readonly answer?: object;
  readonly runs: number;
  readonly replies: readonly { readonly state: string; readonly reply: { readonly Content?: string } }[];
  readonly jobs: readonly {
    readonly id: string;
    readonly work: { readonly kind: string; readonly name?: string };
    readonly state: string;
    readonly tries: number;
    readonly buried?: boolean;
  }[];
}

type Stub = ReturnType<Cloudflare.Env["CONVERSATIONS"]["getByName"]>;

/** The object of that name. */
export function stubOf(name: string): Stub {
  return env.CONVERSATIONS.getByName(name);
}

/** Reads everything. */
export async function readKept(name: string): Promise<Kept> {
  const rows = await runInDurableObject(stubOf(name), (_object, { storage }) => {
    const { sql } = storage;
    sql.exec(`CREATE TABLE IF NOT EXISTS turn (slot INTEGER PRIMARY KEY, body TEXT)`);
    return sql.exec<{ slot: number; body: string }>(`SELECT slot, body FROM turn`).toArray();
  });
  const turns: KeptTurn[] = [];
  let session: Record<string, number> = {};
  for (const { slot, body } of rows) {
    if (slot >= 0) turns.push(turnOf(JSON.parse(body)));
    else session = sessionOf(JSON.parse(body));
  }
  return { turns, session };
}

function turnOf({ key, user, state, answer, runs, replies, jobs }: TurnRow): KeptTurn {
  return {
    key,
    user,
    state,
    isAnswered: answer !== undefined,
    runs,
    replies: replies.map((one) => ({ state: one.state, tokens: tokensOf(one.reply.Content ?? "") })),
    jobs: jobs.map((job) => ({
      id: job.id,
      name: job.work.name ?? job.work.kind,
      state: job.state,
      isBuried: job.buried === true,
      tries: job.tries,
    })),
  };
}

function sessionOf({ entries }: { entries: Record<string, string> }): Record<string, number> {
  return Object.fromEntries(Object.entries(entries).map(([name, json]) => [name, Number(JSON.parse(json))]));
}

/** Whether anything is still to be done there. */
export async function isAtRest(name: string): Promise<boolean> {
  const { turns } = await readKept(name);
  return turns.every((turn) => openParts(turn).length === 0);
}

/** Runs the object's alarm, as if it was due. */
export async function wake(name: string): Promise<void> {
  await runDurableObjectAlarm(stubOf(name)).catch(() => {}); // it may just have died of something
}

/** Kills the object: what it has in memory is gone, and who waits for it is told. */
export async function abort(name: string): Promise<void> {
  await runInDurableObject(stubOf(name), (_object, state) => state.abort("the simulation ordered it")).catch(
    () => {},
  );
}

/** Puts the object to sleep, unless it is at work. */
export async function evict(name: string): Promise<void> {
  const evicting = evictDurableObject(stubOf(name)).catch(() => {});
  await Promise.race([evicting, realPause(EVICTION_MS)]);
}

/**
 * From now on, writes fail as the plans say. All objects have their storage's methods in common.
 *
 * @returns a function that ends it
 */
export function failWrites(name: string, planOf: PlanOf): Promise<() => void> {
  return runInDurableObject(stubOf(name), (_object, { storage }) => {
    const prototype: SqlStorage = Object.getPrototypeOf(storage.sql);
    const exec: SqlStorage["exec"] = Reflect.get(prototype, "exec");
    const failing = function (this: SqlStorage, query: string, ...values: SqlStorageValue[]): unknown {
      const account = query.startsWith(INSERT) ? accountOf(String(values[1])) : undefined;
      if (account !== undefined && planOf(account).next(STORAGE_ODDS, `write ${account}`)) {
        throw new Error("disk I/O error");
      }
      return exec.call(this, query, ...values);
    };
    Object.assign(prototype, { exec: failing });
    return () => {
      prototype.exec = exec;
    };
  });
}

function accountOf(body: string): string | undefined {
  return /"account":"(\w+)"/.exec(body)?.[1];
}

/** Ids of the dead letters of an account. */
export async function deadLettersOf(account: string): Promise<string[]> {
  const namespace = env.DEAD_LETTERS;
  const { letters } = await namespace.get(namespace.idFromName(account)).list({ v: 1, limit: 1_000 });
  return letters.map(({ id }) => id);
}

/** Counts faults that struck in WeChat's API. */
export function countPlatformFaults(
  calls: readonly { readonly fault?: string }[],
  counts: FaultCounts,
): void {
  counts.add("platform", calls.filter(({ fault }) => fault !== undefined).length);
}
