/** Runs seeds: users talk, everything fails now and then, all is healed, and what is left is judged. */
import { onTestFinished } from "vitest";
import { createApp } from "../../src/app.ts";
import { fastTime, realPause, skipTime } from "../support/fast-time.ts";
import { logs, type LogLine } from "../support/logs.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { APP_SECRET, appIdOf } from "../support/platform-accounts.ts";
import { stage } from "../support/stage.ts";
import { pause } from "../support/waiting.ts";
import { AES_KEY, TOKEN } from "../support/wechat.ts";
import { simulatedBot, tokensOf, type Verb } from "./bot.ts";
import { faultyBindings } from "./faulty-env.ts";
import { consumeFaultily } from "./faulty-consumer.ts";
import type { History, LogFact, Message } from "./history.ts";
import {
  abort,
  countPlatformFaults,
  deadLettersOf,
  evict,
  failWrites,
  isAtRest,
  readKept,
  wake,
} from "./kept.ts";
import { FaultCounts, Plan } from "./plan.ts";
import { type Delivery, deliver, type Letter } from "./wechat.ts";

/** Simulated time to real time. */
export const FACTOR = 12;
const USERS = 3;
/** A seed's messages come within so many simulated milliseconds each. */
const MS_PER_MESSAGE = 2_000;
const DEATHS_PER_MESSAGE = 0.25;
const FORGED_SHARE = 0.05;
const ROUND_MS = 150;
const MAX_REST_ROUNDS = 200;
/** Leases and pauses are over sooner when time is skipped; between two skips, what is being run can end. */
const ROUNDS_PER_SKIP = 5;
const SKIP_MS = 40_000;
const SEND = "/cgi-bin/message/custom/send";

/** How often each is said. */
const SHARES: Readonly<Record<Verb, number>> = {
  fast: 0.2,
  silent: 0.04,
  wait: 0.2,
  many: 0.1,
  throw: 0.06,
  hang: 0.01,
  shared: 0.04,
  slow: 0.1,
  model: 0.1,
  fail: 0.04,
  doomed: 0.03,
  enqueue: 0.08,
};
const MAX_HANDLING_MS = 7_000;
const MAX_WAIT_MS = 3_500;

/** What goes wrong with WeChat's API. */
const PLATFORM_FAULTS = [
  { kind: "errcode", errcode: -1 },
  { kind: "errcode", errcode: 45015, path: SEND },
  { kind: "reset" },
  { kind: "reset-after", path: SEND },
  { kind: "hang" },
  { kind: "empty" },
  { kind: "html" },
  { kind: "truncated", path: SEND },
  { kind: "latency", ms: 100 },
] as const;

const service = new Platform("service");

/** What came of a batch of seeds. */
export interface Outcome {
  readonly histories: readonly History[];
  readonly counts: FaultCounts;
  /** Lines of level `error` that nothing explains. */
  readonly strangeErrors: readonly LogLine[];
}

/** Errors that faults explain. */
const EXPECTED_ERRORS = new Set([
  "handler_failed",
  "conversation_unreachable",
  "job_given_up",
  "run_given_up",
]);

/** Runs the seeds, all at once. */
export async function simulate(seeds: readonly number[], messages: number): Promise<Outcome> {
  fastTime(FACTOR);
  const counts = new FaultCounts();
  const plans = new Map(seeds.map((seed) => [seed, new Plan(seed, counts)]));
  const common = new Plan(seeds[0] ?? 0, counts);
  const planOf = (name: string): Plan => plans.get(Number(/^s(\d+)/.exec(name)?.[1])) ?? common;
  const bindings = { planOf, realSeconds: (simulated: number) => Math.ceil(simulated / FACTOR) };
  const bot = simulatedBot();
  const vars = {
    ...platformVars("service"),
    ACCOUNTS: JSON.stringify(Object.assign({}, ...seeds.map(accountOf))),
  };
  stage.set({ ...vars, ...faultyBindings({ ...bindings, caller: "object" }) }, bot as never);
  const { consume } = stage;
  stage.consume = (batch, handle) => consumeFaultily(batch, common, bindings.realSeconds, handle);
  onTestFinished(() => {
    stage.consume = consume;
  });
  await service.reset();
  const apps = [createApp(bot as never), createApp(bot as never)];
  onTestFinished(await failWrites(objectOf(seeds[0] ?? 0, 0), planOf));
  const appId = appIdOf("service");
  const all = [...plans.values()];
  const weather = new AbortController();
  const storms = Promise.all([
    disturbApi(common, weather.signal),
    ...all.map((plan) => killObjects(plan, messages)),
  ]);
  const delivered = await Promise.all(
    all.map((plan) => {
      const own = { ...vars, ACCOUNTS: JSON.stringify(accountOf(plan.seed)) };
      return talk({ apps, plan, vars: own, path: `/wechat/s${plan.seed}`, appId, bindings }, messages);
    }),
  );
  weather.abort();
  await storms;
  for (const plan of [...all, common]) plan.isHealed = true;
  await service.control("DELETE", "faults");
  await comeToRest(all.flatMap(({ seed }) => usersOf(seed).map((_, user) => objectOf(seed, user))));
  const calls = await service.calls();
  countPlatformFaults(calls, counts);
  const effects = calls
    .filter(({ effect, path }) => effect && path === SEND)
    .map(({ body }) => effectOf(body));
  for (const name of EXPECTED_ERRORS) logs.named(name);
  const lines: LogLine[] = JSON.parse(logs.text);
  const strangeErrors = lines.filter(
    ({ level, message }) => level === "error" && !EXPECTED_ERRORS.has(String(message)),
  );
  const log = lines.map(factOf);
  const histories = await Promise.all(
    all.map(({ seed }, index) => historyOf(seed, delivered[index] ?? [], { effects, log })),
  );
  return { histories, counts, strangeErrors };
}

/** Each account has its ways for late answers. */
function accountOf(seed: number): Record<string, object> {
  const lateReplies = [["push", "mailbox"], ["hold", "mailbox"], ["hold", "push"], ["push"]][seed % 4];
  const texts = seed % 3 === 0 ? { busy: "busy", wait: "wait", apology: "sorry" } : { mailbox: "hint" };
  const credentials = {
    token: TOKEN,
    encodingAesKey: AES_KEY,
    appId: appIdOf("service"),
    appSecret: APP_SECRET,
  };
  const apiBase = platformVars("service")["WECHAT_API_BASE"];
  return { [`s${seed}`]: { kind: "service", ...credentials, apiBase, lateReplies, texts } };
}

function usersOf(seed: number): string[] {
  return Array.from({ length: USERS }, (_, user) => `s${seed}u${user}`);
}

function objectOf(seed: number, user: number): string {
  return `s${seed}:s${seed}u${user}`;
}

/** The users of a seed say all they have to say, whether or not they are answered. */
async function talk(to: Delivery, messages: number): Promise<Message[]> {
  const { plan } = to;
  const random = plan.random("talk");
  const users = usersOf(plan.seed);
  const letters = Array.from({ length: messages }, (_, n): Letter & { at: number } => ({
    at: random() * messages * MS_PER_MESSAGE,
    user: users[Math.floor(random() * users.length)] ?? "",
    words: wordsOf(random, `${plan.seed}-${n}`),
    msgId: String(1_000_000_000 + plan.seed * 10_000 + n),
    isForged: plan.happens("forged", FORGED_SHARE, `forged ${n}`),
  }));
  return Promise.all(
    letters.map(async ({ at, ...letter }) => {
      await pause(at);
      // To the simulated WeChat, too, the user has said something: the account may write to them.
      if (!letter.isForged) await service.act(letter.user, { action: "text", Content: "x" });
      return deliver(to, letter);
    }),
  );
}

function wordsOf(random: () => number, id: string): Letter["words"] {
  let left = random();
  const found = Object.entries(SHARES).find(([, share]) => (left -= share) < 0);
  const verb = (found?.[0] ?? "fast") as Verb; // a key of SHARES
  const most = verb === "throw" || verb === "many" ? MAX_WAIT_MS : MAX_HANDLING_MS;
  return { verb, id, ms: Math.round(random() ** 2 * most) };
}

async function killObjects(plan: Plan, messages: number): Promise<void> {
  const random = plan.random("deaths");
  const span = messages * MS_PER_MESSAGE;
  const deaths = Array.from({ length: Math.round(messages * DEATHS_PER_MESSAGE) }, () => random() * span);
  await Promise.all(
    deaths.map(async (at, n) => {
      await pause(at);
      const name = objectOf(plan.seed, Math.floor(random() * USERS));
      if (plan.happens("object-aborted", 0.6, `death ${n}`)) await abort(name);
      else if (plan.happens("object-evicted", 1, `sleep ${n}`)) await evict(name);
    }),
  );
}

async function disturbApi(plan: Plan, signal: AbortSignal): Promise<void> {
  const random = plan.random("api");
  while (!signal.aborted) {
    await pause(random() * 4_000);
    const fault = PLATFORM_FAULTS[Math.floor(random() * PLATFORM_FAULTS.length)];
    if (fault) await service.fault({ ...fault, times: 1 + Math.floor(random() * 3) });
    if (random() < 0.1) await service.tokens("invalidate");
  }
}

/** Waits until nothing is left to be done anywhere. */
async function comeToRest(names: readonly string[]): Promise<void> {
  let busy = names;
  for (let round = 0; round < MAX_REST_ROUNDS && busy.length > 0; round++) {
    if (round % ROUNDS_PER_SKIP === ROUNDS_PER_SKIP - 1) {
      skipTime(SKIP_MS);
      await Promise.all(busy.map(wake));
    }
    await realPause(ROUND_MS);
    const rest = await Promise.all(busy.map(isAtRest));
    busy = busy.filter((_, index) => rest[index] !== true);
  }
}

async function historyOf(
  seed: number,
  messages: readonly Message[],
  { effects, log }: { effects: History["effects"]; log: readonly LogFact[] },
): Promise<History> {
  const kept = await Promise.all(usersOf(seed).map((_, user) => readKept(objectOf(seed, user))));
  const users = usersOf(seed);
  const requests = new Set(messages.flatMap(({ attempts }) => attempts.map(({ requestId }) => requestId)));
  const keys = new Set(messages.map(({ key }) => key));
  return {
    seed,
    messages,
    turns: kept.flatMap(({ turns }) => turns),
    sessions: new Map(kept.map(({ session }, index) => [users[index] ?? "", session])),
    effects: effects.filter(({ user }) => users.includes(user)),
    deadLetters: await deadLettersOf(`s${seed}`),
    log: log.filter(({ requestId, key }) => requests.has(requestId) || keys.has(key)),
  };
}

function effectOf(body: unknown): History["effects"][number] {
  const text: unknown = Reflect.get(Object(body), "text");
  return {
    user: String(Reflect.get(Object(body), "touser")),
    tokens: tokensOf(String(Reflect.get(Object(text), "content"))),
  };
}

function factOf(line: LogLine): LogFact {
  const text = (name: string): string => String(line[name] ?? "");
  return {
    message: text("message"),
    level: text("level"),
    at: Date.parse(text("timestamp")),
    requestId: text("request_id"),
    key: text("message_key"),
    route: text("route"),
    outcome: text("outcome") || text("reason"),
    durationMs: Number(line["duration_ms"] ?? 0),
  };
}
