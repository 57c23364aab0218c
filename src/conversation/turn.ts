/** What is kept of a push: whether it was handled, what it was answered with, and what became of each reply. */
import type { PageLink } from "../accounts/page-link.ts";
import type { TextPart } from "../framework/ports.ts";
import type { Reply } from "../protocol/replies.ts";
import { isOpenJob, isUnderWay, type JobRecord } from "./deferred/job.ts";

/**
 * Where a reply is. `passive`: it answers the push itself. `intent`, `sending`: on its way by the customer-service
 * API. `sent`, `failed`, `unknown`: how that ended. `boxed`: waits for the user's next message. `collected`: that
 * message was answered with it. `paged`: it is read on the page that an earlier part of its text links to. `dropped`: no
 * way to the user was open.
 */
export type ReplyState =
  | "passive"
  | "intent"
  | "sending"
  | "sent"
  | "failed"
  | "unknown"
  | "boxed"
  | "collected"
  | "paged"
  | "dropped";

/** One reply of a run. */
export interface ReplyRecord {
  /** Its number in the run, from 1. */
  readonly n: number;
  /** The job whose run made it; unset for the push's own run. */
  readonly job?: string | undefined;
  readonly reply: Reply;
  /** Whether its run is certain to say more. */
  readonly more?: true | undefined;
  /** Set when it goes on with a text that an earlier reply of the run has begun. */
  readonly part?: TextPart | undefined;
  /** Stands behind its text: its whole text is there, and what follows of it. */
  link?: PageLink | undefined;
  state: ReplyState;
  /** How often it was tried to be sent. */
  tries: number;
  /** Not to be sent before, in milliseconds since the epoch. */
  notBefore: number;
  /** When it was sent, in milliseconds since the epoch. */
  sentAt?: number | undefined;
  /** WeChat's last word on it. */
  errcode?: number | undefined;
}

/** What WeChat is told, again at every repetition of the push. */
export type TurnAnswer =
  | {
      readonly kind: "reply";
      readonly reply: Reply;
      readonly route: "passive" | "hold" | "mailbox" | "text";
      /** Stands behind its text. */
      readonly link?: PageLink | undefined;
    }
  | { readonly kind: "none"; readonly route?: "push" | undefined };

/** One push. Kept as JSON: only members may be added. */
export interface TurnRecord {
  readonly v: 1;
  readonly key: string;
  readonly seq: number;
  /** When it arrived first, in milliseconds since the epoch. */
  readonly at: number;
  readonly account: string;
  /** Empty for a push about no user. */
  readonly user: string;
  readonly requestId: string;
  /** The push as JSON, as long as it may have to be handled again. */
  push: string | undefined;
  state: "running" | "done";
  /** How often a run was begun. */
  runs: number;
  /** How often the push was delivered. */
  attempts: number;
  /** When it was delivered last. */
  deliveredAt: number;
  /** Unset as long as the push itself can still be answered. */
  answer: TurnAnswer | undefined;
  /** When its first delivery must be answered, in milliseconds since the epoch. */
  deadline?: number | undefined;
  /** Whether it only asks for what waits, or is still being written. */
  collects?: boolean | undefined;
  /** Whether the user leaves with it: then nothing else is kept of them. */
  leaves?: boolean | undefined;
  /** How many messages WeChat lets follow it. */
  allows?: number | undefined;
  /** Whether WeChat is made to ask again for the answer. */
  held: boolean;
  readonly replies: ReplyRecord[];
  readonly jobs: JobRecord[];
  /** Pushes, as JSON, that the run stands for as well. */
  skipped: string[];
}

/** Whether something is still to be done for it. */
export function isOpen({ state, answer, replies, jobs }: TurnRecord): boolean {
  return state === "running" || answer === undefined || replies.some(isOnItsWay) || jobs.some(isOpenJob);
}

/** Whether a reply may still come that answers the push itself. */
export function isAwaited(turn: TurnRecord): boolean {
  if (turn.state === "running") return true;
  return passiveReply(turn) === undefined && turn.jobs.some((job) => job.waits && isUnderWay(job));
}

/** Whether all that its answer waits for is on the queue. */
export function isOnlyQueued({ state, jobs }: TurnRecord): boolean {
  return state === "done" && jobs.every((job) => !job.waits || !isUnderWay(job) || job.via === "queue");
}

/** WeChat's second and third request come so long after the first at the latest. */
const HELD_MS = 10_000;

/**
 * Until when a reply may still answer the push, in milliseconds since the epoch.
 *
 * @param canHold whether WeChat's further requests may be waited for
 */
export function answerBy({ answer, deadline }: TurnRecord, canHold: boolean): number | undefined {
  return answer !== undefined || deadline === undefined ? undefined : deadline + (canHold ? HELD_MS : 0);
}

/** Whether a reply of it waits for the user's next message. */
export function isBoxed({ replies }: TurnRecord): boolean {
  return replies.some(({ state }) => state === "boxed");
}

function isOnItsWay({ state }: ReplyRecord): boolean {
  return state === "intent" || state === "sending";
}

/** Forgets the push once it need not be handled any more: neither by its own run nor by a job. */
export function forgetPush(turn: TurnRecord): void {
  if (turn.state === "done" && !turn.jobs.some(isOpenJob)) turn.push = undefined;
}

/** The reply that was recorded under that number, by the push's own run or by a job's. */
export function replyOf(
  { replies }: TurnRecord,
  n: number,
  job: string | undefined,
): ReplyRecord | undefined {
  return replies.find((record) => record.n === n && record.job === job);
}

/** The reply that answers the push itself, once there is one. */
export function passiveReply(turn: TurnRecord): ReplyRecord | undefined {
  return turn.replies.find(({ state }) => state === "passive");
}

/** The record of a reply that answers its push. */
export function newRecord(
  n: number,
  reply: Reply,
  {
    job,
    more = false,
    part,
  }: { readonly job?: string; readonly more?: boolean; readonly part?: TextPart | undefined } = {},
): ReplyRecord {
  const facts = {
    ...(job === undefined ? {} : { job }),
    ...(more ? { more } : {}),
    ...(part === undefined ? {} : { part }),
  };
  return { n, ...facts, reply, state: "passive", tries: 0, notBefore: 0 };
}
