/**
 * `/api/v1/accounts/:id/dead-letters`: the jobs of an account that were given up, for whoever holds its secret. `GET`
 * lists them, without their content: `?limit=50&before=<next>`. `POST` with `{ "action": "redrive" | "drop", "id" }` runs
 * one again or drops it; with `"all": true` instead of `id`, up to 100 of them, from the oldest on.
 */
import { Hono } from "hono";
import type { AccountRegistry } from "../accounts/registry.ts";
import { ERROR_HINTS, type ErrorCode } from "../errors.ts";
import { verifiedOperatorRequest } from "./operator-request.ts";
import { type Order, readListing, readOrder, type Walk } from "./dead-letter-order.ts";

const PATH = "/api/v1/accounts/:id/dead-letters";
/** How many letters one request decides about. */
const MAX_DECIDED = 100;
/** It ends earlier when it takes so long: whoever asks has a time-out. */
const DECIDING_MS = 15_000;
const ORDER_SHAPE = 'send { "action": "redrive" or "drop", and "id" or "all": true }';

/** Why nothing was done about a letter. */
interface Refusal {
  readonly code: keyof typeof STATUSES;
  readonly error: string;
}

const STATUSES = {
  dead_letter_unknown: 404,
  dead_letter_unreadable: 409,
  dead_letter_refused: 409,
  dead_letter_unreachable: 503,
} as const satisfies Partial<Record<ErrorCode, number>>;
const UNKNOWN: Refusal = { code: "dead_letter_unknown", error: "there is no such dead letter" };
const UNREADABLE: Refusal = { code: "dead_letter_unreadable", error: "nobody can tell whose job this was" };
const REFUSED: Refusal = { code: "dead_letter_refused", error: "the conversation refuses to run this job" };

/** What was done. `left`: how many letters there are still. `next`: what another request goes on with. */
interface Decided {
  readonly v: 1;
  readonly action: Order["action"];
  readonly done: number;
  readonly failed: readonly (Refusal & { readonly id: string })[];
  readonly left: number;
  readonly next?: Walk;
}

/** The Hono app of that resource. Everything that is not rightly signed is 404, as if it did not exist. */
export function deadLetterRoutes(
  registryOf: (env: Cloudflare.Env) => AccountRegistry,
  clock: () => number,
): Hono<{ Bindings: Cloudflare.Env }> {
  const app = new Hono<{ Bindings: Cloudflare.Env }>();
  app.get(PATH, async (c) => {
    const verified = await verifiedOperatorRequest(c, registryOf(c.env), clock());
    if (verified === undefined) return c.notFound();
    const listing = readListing(c.req.query());
    if (typeof listing === "string") return c.json({ error: listing }, 400);
    return c.json(await lettersOf(c.env, verified.account.id).list(listing));
  });
  app.post(PATH, async (c) => {
    const verified = await verifiedOperatorRequest(c, registryOf(c.env), clock());
    if (verified === undefined) return c.notFound();
    const order = readOrder(verified.body);
    if (order === undefined) return c.json({ error: ORDER_SHAPE }, 400);
    const letters = lettersOf(c.env, verified.account.id);
    const office = { letters, conversations: c.env.CONVERSATIONS, action: order.action };
    if ("walk" in order) return c.json(await decideAll(office, order.walk, clock));
    const refusal = await decide(office, order.id);
    if (refusal === undefined) return c.json(await summary(office, { done: 1, failed: [] }));
    return c.json({ ...refusal, hint: ERROR_HINTS[refusal.code] }, STATUSES[refusal.code]);
  });
  return app;
}

function lettersOf({ DEAD_LETTERS }: Cloudflare.Env, account: string): Office["letters"] {
  return DEAD_LETTERS.getByName(account);
}

interface Office {
  readonly letters: ReturnType<Cloudflare.Env["DEAD_LETTERS"]["getByName"]>;
  readonly conversations: Cloudflare.Env["CONVERSATIONS"];
  readonly action: Order["action"];
}

/** @returns why it was not done; `undefined` when it was */
async function decide({ letters, conversations, action }: Office, id: string): Promise<Refusal | undefined> {
  if (action === "drop") return (await letters.remove(id)) ? undefined : UNKNOWN;
  const letter = await letters.get(id);
  if (letter === undefined) return UNKNOWN;
  if (letter.object === "") return UNREADABLE;
  try {
    const { outcome } = await conversations.getByName(letter.object).redrive({ v: 1, job: letter.job });
    if (outcome !== "queued") return REFUSED;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { code: "dead_letter_unreachable", error: `the conversation could not be reached: ${why}` };
  }
  await letters.remove(id, letter.seq); // if the job has failed again meanwhile, its new letter stays
  return undefined;
}

/** One after the other, from the oldest on: answers of one conversation arrive in their order. */
async function decideAll(office: Office, walk: Walk, clock: () => number): Promise<Decided> {
  const { letters: met, through } = await office.letters.walk({ v: 1, ...walk, limit: MAX_DECIDED });
  const end = clock() + DECIDING_MS;
  const failed: (Refusal & { id: string })[] = [];
  let [done, seen, after] = [0, 0, walk.after];
  for (const { id, seq } of met) {
    if (seen > 0 && clock() > end) break;
    const refusal = await decide(office, id);
    if (refusal === undefined) done++;
    else if (refusal !== UNKNOWN) failed.push({ id, ...refusal }); // unknown: somebody else has decided meanwhile
    [seen, after] = [seen + 1, seq];
  }
  const isOver = seen === met.length && met.length < MAX_DECIDED;
  return { ...(await summary(office, { done, failed })), ...(isOver ? {} : { next: { after, through } }) };
}

async function summary(
  { letters, action }: Office,
  { done, failed }: Pick<Decided, "done" | "failed">,
): Promise<Decided> {
  const { total: left } = await letters.list({ v: 1, limit: 1 });
  return { v: 1, action, done, failed, left };
}
