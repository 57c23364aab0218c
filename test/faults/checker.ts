/**
 * Judges a history. Lost: acknowledged, and never done, dead or dropped for a counted reason. Twice: an effect that
 * happened again. Unexpected: an effect without a delivery that could be verified. Pure, and tested with bad histories.
 */
import { hasJob, PARTS, tokensOf } from "./bot.ts";
import type { History, KeptTurn, Message } from "./history.ts";

/** What a history must not show. */
export type Rule =
  | "lost"
  | "unfinished"
  | "twice"
  | "unexpected"
  | "late"
  | "status"
  | "count"
  | "missing"
  | "effect"
  | "contradiction";

/** One offence. */
export interface Violation {
  readonly rule: Rule;
  /** `<seed>-<n>` of the message, where there is one. */
  readonly id: string;
  readonly text: string;
}

/** How the messages of a run ended. */
export interface Tally {
  readonly messages: number;
  readonly done: number;
  readonly dead: number;
  readonly dropped: number;
  /** WeChat has given up, and nothing of it was kept. */
  readonly unanswered: number;
  readonly forged: number;
  readonly retries: number;
  readonly held: number;
  /** Replies of which nobody knows whether they arrived. */
  readonly unknown: number;
}

/** Every answer must leave by then. */
export const DEADLINE_MS = 4_500;
/** The machine needs some time of its own: 125 ms of real time. */
const SLACK_MS = 1_500;
/** Reasons by which a push may be acknowledged without being handled: each is logged. */
const DROPS = new Set(["lost", "busy text"]);

const NEVER_SENT = new Set(["passive", "collected", "boxed", "dropped", "failed", "intent", "sending"]);

/** All offences of a history. */
export function check(history: History): Violation[] {
  const found: Violation[] = [];
  const say = (rule: Rule, id: string, text: string): void => void found.push({ rule, id, text });
  const byKey = new Map(history.turns.map((turn) => [`${turn.user} ${turn.key}`, turn]));
  for (const message of history.messages) {
    checkStatus(message, say);
    checkMessage(history, message, byKey.get(`${message.user} ${message.key}`), say);
  }
  checkStrangers(history, say);
  checkShown(history, say);
  checkTimes(history, say);
  checkCounts(history, say);
  for (const turn of history.turns) {
    const open = openParts(turn);
    if (open.length > 0) say("unfinished", turn.key, `${turn.user}: ${open.join(", ")}`);
  }
  return found;
}

/** How it ended, in numbers. */
export function tally(history: History): Tally {
  const genuine = history.messages.filter(({ isForged }) => !isForged);
  const ends = genuine.map((message) => endOf(history, message));
  const count = (end: string): number => ends.filter((one) => one === end).length;
  return {
    messages: genuine.length,
    done: count("done"),
    dead: count("dead"),
    dropped: count("dropped"),
    unanswered: count("unanswered"),
    forged: history.messages.length - genuine.length,
    retries: genuine.reduce((sum, { attempts }) => sum + Math.max(0, attempts.length - 1), 0),
    held: history.log.filter(({ message, route }) => message === "push_answered" && route === "hold").length,
    unknown: history.turns.flatMap(({ replies }) => replies).filter(({ state }) => state === "unknown")
      .length,
  };
}

type Say = (rule: Rule, id: string, text: string) => void;

function endOf(history: History, message: Message): "done" | "dead" | "dropped" | "unanswered" | "lost" {
  const turn = history.turns.find(({ key, user }) => key === message.key && user === message.user);
  if (turn?.jobs.some(({ name, state }) => name === "push" && state === "dead")) return "dead";
  if (countOf(history, message.user, `message ${message.id}`) > 0) return "done";
  if (dropOf(history, message) !== undefined) return "dropped";
  return message.attempts.some(({ isShown }) => isShown) || turn !== undefined ? "lost" : "unanswered";
}

function dropOf({ log }: History, { key }: Message): string | undefined {
  const line = log.find(
    ({ message, key: its, outcome }) =>
      its === key &&
      (message === "push_dropped" ||
        message === "run_given_up" ||
        (message === "conversation_unreachable" && DROPS.has(outcome))),
  );
  return line?.message;
}

function countOf({ sessions }: History, user: string, name: string): number {
  return sessions.get(user)?.[name] ?? 0;
}

function checkStatus({ id, isForged, attempts }: Message, say: Say): void {
  for (const { status } of attempts) {
    if (status !== undefined && (status === 200) === isForged)
      say("status", id, `was answered with ${status}`);
  }
}

function checkMessage(history: History, message: Message, turn: KeptTurn | undefined, say: Say): void {
  const { id, user, verb, isForged } = message;
  if (isForged) return;
  const times = countOf(history, user, `message ${id}`);
  if (times > 1) say("twice", id, `its session step was made ${times} times`);
  if (endOf(history, message) === "lost") say("lost", id, "acknowledged or on record, and never handled");
  const answers = new Set(
    message.attempts.flatMap(({ said = "" }) => {
      const tokens = tokensOf(said);
      return tokens.length > 0 ? [tokens.join(" ")] : [];
    }),
  );
  if (answers.size > 1) say("contradiction", id, `was answered with ${[...answers].join(" and with ")}`);
  if (turn === undefined || times === 0 || isGivenUp(history, message, turn)) return;
  const jobTimes = countOf(history, user, `job ${id}`);
  if (jobTimes > 1) say("twice", id, `its job was written down ${jobTimes} times`);
  const isDead = turn.jobs.some(({ state }) => state === "dead");
  if (hasJob(verb) && !isDead && jobTimes === 0) say("lost", id, "its job was never written down");
  const replied = new Set(turn.replies.flatMap(({ tokens }) => tokens));
  for (const part of isDead ? [] : PARTS[verb]) {
    if (!replied.has(`${id}.${part}`)) say("missing", id, `there is no reply ${part}`);
  }
  for (const job of turn.jobs) {
    if (job.state === "dead" && !history.deadLetters.includes(`${turn.key}#${job.id}`)) {
      say("lost", id, `job ${job.id} was given up, and is not among the dead letters`);
    }
  }
}

/** Its run has died too often, or took so long that it was cut off. */
function isGivenUp(history: History, { key }: Message, { jobs }: KeptTurn): boolean {
  const isDeadPush = jobs.some(({ name, state }) => name === "push" && state === "dead");
  const ends = new Set(["run_given_up", "run_cut_off"]);
  return isDeadPush || history.log.some((line) => ends.has(line.message) && line.key === key);
}

/** Everything that is kept or shown goes back to a request that could be verified. */
function checkStrangers({ messages, turns, sessions, effects }: History, say: Say): void {
  const genuine = messages.filter(({ isForged, attempts }) => !isForged && attempts.length > 0);
  const ids = new Set(genuine.map(({ id, user }) => `${user} ${id}`));
  const keys = new Set(genuine.map(({ key, user }) => `${user} ${key}`));
  for (const { user, key } of turns) {
    if (!keys.has(`${user} ${key}`)) say("unexpected", key, `a push of ${user} that nobody delivered`);
  }
  for (const [user, counts] of sessions) {
    for (const name of Object.keys(counts)) {
      const [kind, id] = name.split(" ");
      if (kind !== "count" && !ids.has(`${user} ${id}`)) say("unexpected", id ?? "", `${name} of ${user}`);
    }
  }
  for (const { user, tokens } of effects) {
    for (const token of tokens) {
      const id = token.split(".")[0] ?? "";
      if (!ids.has(`${user} ${id}`)) say("unexpected", id, `${user} was sent ${token}`);
    }
  }
}

/** Each reply is shown once at most, and what is on record about it is true. */
function checkShown({ messages, turns, effects }: History, say: Say): void {
  const sent = new Map<string, number>();
  const shown = new Map<string, number>();
  for (const token of effects.flatMap(({ tokens }) => tokens)) sent.set(token, (sent.get(token) ?? 0) + 1);
  const answers = messages.flatMap(({ attempts }) => attempts.filter(({ isShown }) => isShown));
  for (const token of answers.flatMap(({ said = "" }) => tokensOf(said))) {
    shown.set(token, (shown.get(token) ?? 0) + 1);
  }
  for (const token of new Set([...sent.keys(), ...shown.keys()])) {
    const [bySending, byAnswer] = [sent.get(token) ?? 0, shown.get(token) ?? 0];
    if (bySending + byAnswer > 1) {
      say("twice", idOf(token), `${token} was sent ${bySending} times and shown by ${byAnswer} answers`);
    }
  }
  const stateOf = new Map<string, string>();
  for (const { state, tokens } of turns.flatMap(({ replies }) => replies)) {
    for (const token of tokens) {
      if (stateOf.has(token)) say("twice", idOf(token), `${token} is on record twice`);
      stateOf.set(token, state);
    }
  }
  for (const [token, state] of stateOf) {
    const times = sent.get(token) ?? 0;
    if (state === "sent" && times === 0) say("effect", idOf(token), `${token} counts as sent, and was not`);
    if (NEVER_SENT.has(state) && times > 0) say("effect", idOf(token), `${token} is ${state}, and was sent`);
  }
  for (const token of sent.keys()) {
    if (!stateOf.has(token)) say("effect", idOf(token), `${token} was sent, and is not on record`);
  }
}

function idOf(token: string): string {
  return token.split(".")[0] ?? "";
}

/** Whoever is not made to wait on purpose is answered in time, whatever hangs. */
function checkTimes({ messages, log }: History, say: Say): void {
  const answered = new Map(
    log.filter(({ message }) => message === "push_answered").map((line) => [line.requestId, line]),
  );
  for (const { id, isForged, attempts } of messages) {
    for (const { requestId, outcome } of attempts) {
      if (isForged || outcome === "killed") continue;
      const line = answered.get(requestId);
      if (line === undefined) say("late", id, `request ${requestId} was never answered`);
      else if (line.route !== "hold" && line.durationMs > DEADLINE_MS + SLACK_MS) {
        say("late", id, `was answered after ${line.durationMs} ms (${line.route})`);
      }
    }
  }
}

/** The session's counter is the number of messages that were written down. */
function checkCounts({ sessions }: History, say: Say): void {
  for (const [user, { count = 0, ...counts }] of sessions) {
    const written = Object.keys(counts).filter((name) => name.startsWith("message ")).length;
    if (count !== written) {
      say("count", user, `the session counts ${count} messages, and ${written} were written down`);
    }
  }
}

/** What of a push is still to be done. */
export function openParts({ state, isAnswered, replies, jobs }: KeptTurn): string[] {
  return [
    ...(state === "running" ? ["its run"] : []),
    ...(isAnswered ? [] : ["its answer"]),
    ...replies.flatMap((reply) =>
      reply.state === "intent" || reply.state === "sending"
        ? [`reply ${reply.tokens.join()} (${reply.state})`]
        : [],
    ),
    ...jobs.flatMap((job) =>
      job.state === "ready" || job.state === "running" || (job.state === "dead" && !job.isBuried)
        ? [`job ${job.id} (${job.state})`]
        : [],
    ),
  ];
}
