/** The Worker's bindings with faults in front of them: every one that nothing strikes is the real one. */
import { env } from "cloudflare:workers";
import { pause } from "../support/waiting.ts";
import {
  KV_ODDS,
  LETTERS_ODDS,
  LIMIT_ODDS,
  OBJECT_ODDS,
  type Odds,
  type Plan,
  QUEUE_ODDS,
  RATE_ODDS,
} from "./plan.ts";

const MAX_DELAY_MS = 2_500;
const MAX_LATE_MS = 4_000;

/** Which seed something belongs to: names of accounts, users and objects say it. */
export type PlanOf = (name: string) => Plan;

/** What stands between a caller and the bindings. */
export interface FaultyEnvOptions {
  readonly planOf: PlanOf;
  /** Who calls: the Worker that holds a push, a consumer, an object. */
  readonly caller: string;
  /** Whether the caller still lives; what a dead one calls never happens. Default: it does. */
  readonly isAlive?: () => boolean;
  /** A queue counts in real seconds. */
  readonly realSeconds: (simulated: number) => number;
}

const never = (): Promise<never> => new Promise(() => {});

/** A failure that a test ordered, as the runtime would have it. */
function ordered(flags: { retryable?: true; overloaded?: true } = {}): Error {
  return Object.assign(new Error("a fault that the simulation ordered"), flags);
}

/** The bindings of one caller. */
export function faultyBindings(options: FaultyEnvOptions): object {
  return {
    CONVERSATIONS: faultyNamespace(env.CONVERSATIONS, "object", OBJECT_ODDS, options),
    DEAD_LETTERS: faultyNamespace(env.DEAD_LETTERS, "letters", LETTERS_ODDS, options),
    JOBS: { sendBatch: (messages: readonly MessageSendRequest[]) => sendBatch(messages, options) },
    KV: faultyKv(options),
    DELIBERATE_TIMEOUTS: faultyLimit(env.DELIBERATE_TIMEOUTS, "budget", LIMIT_ODDS, options),
    ACCOUNT_RATE: faultyLimit(env.ACCOUNT_RATE, "rate", RATE_ODDS, options),
  };
}

/** Makes a call, or what a fault makes of it. */
async function struck<T>(
  odds: Odds,
  plan: Plan,
  subject: string,
  { isAlive, caller }: FaultyEnvOptions,
  call: () => Promise<T>,
): Promise<T> {
  if (isAlive?.() === false) return never();
  const fault = plan.next(odds, `${caller} ${subject}`);
  const result = fault === undefined ? await call() : await faulty(fault.kind, fault.amount, call);
  return isAlive?.() === false ? never() : result;
}

async function faulty<T>(kind: string, amount: number, call: () => Promise<T>): Promise<T> {
  switch (kind) {
    case "throw":
      throw ordered();
    case "throw-retryable":
      throw ordered({ retryable: true });
    case "throw-overloaded":
      throw ordered({ overloaded: true });
    case "hang":
      return never();
    case "delay": {
      const result = await call();
      await pause(amount * MAX_DELAY_MS);
      return result;
    }
    case "succeed-then-throw":
      await call();
      throw ordered();
    case "throw-then-succeed-late":
      void pause(amount * MAX_LATE_MS)
        .then(call)
        .catch(() => {});
      throw ordered();
    default:
      return call();
  }
}

function faultyNamespace(real: object, what: string, odds: Odds, options: FaultyEnvOptions): object {
  const namespace = real as DurableObjectNamespace; // of which class, only the caller knows
  const stubOf = (name: string): object =>
    new Proxy(
      {},
      {
        get: (_, method) => (call: unknown) =>
          struck(odds, options.planOf(name), `${what} ${String(method)} ${name}`, options, async () => {
            const stub = namespace.get(namespace.idFromName(name));
            return await (Reflect.get(stub, method) as (call: unknown) => Promise<unknown>)(call);
          }),
      },
    );
  return { idFromName: (name: string) => name, get: stubOf, getByName: stubOf };
}

/** A batch is of one seed or of several: each message meets its own fate. */
async function sendBatch(messages: readonly MessageSendRequest[], options: FaultyEnvOptions): Promise<void> {
  const scaled = messages.map((message) => ({
    ...message,
    ...(message.delaySeconds === undefined
      ? {}
      : { delaySeconds: options.realSeconds(message.delaySeconds) }),
  }));
  const name = String(Reflect.get(Object(messages[0]?.body), "object"));
  const plan = options.planOf(name);
  if (options.isAlive?.() === false) return never();
  const fault = plan.next(QUEUE_ODDS, `${options.caller} queue ${name}`);
  const send = async (batch = scaled): Promise<void> => {
    await env.JOBS.sendBatch(batch);
  };
  if (fault === undefined) return send();
  switch (fault.kind) {
    case "forget":
      // What a queue has taken, it delivers. Jobs need not even that; a push that nobody else has does.
      return isPush(messages[0]?.body) ? send() : undefined;
    case "duplicate":
      await send();
      return send();
    case "reorder":
      return send(scaled.toReversed());
    default:
      return faulty(fault.kind, fault.amount, send);
  }
}

function isPush(body: unknown): boolean {
  return typeof body === "object" && body !== null && "push" in body;
}

function faultyKv(options: FaultyEnvOptions): object {
  const plan = options.planOf("");
  const use =
    (method: "get" | "put" | "delete") =>
    (key: string, ...rest: unknown[]) =>
      struck(KV_ODDS, plan, `kv ${method}`, options, () =>
        Reflect.apply(Reflect.get(env.KV, method), env.KV, [key, ...rest]),
      );
  return { get: use("get"), put: use("put"), delete: use("delete") };
}

function faultyLimit(real: RateLimit, what: string, odds: Odds, options: FaultyEnvOptions): object {
  return {
    limit: async ({ key }: { key: string }) => {
      const plan = options.planOf(key);
      if (options.isAlive?.() === false) return never();
      const fault = plan.next(odds, `${options.caller} ${what} ${key}`);
      if (fault?.kind === "deny") return { success: false };
      return fault === undefined
        ? real.limit({ key })
        : faulty(fault.kind, fault.amount, () => real.limit({ key }));
    },
  };
}
