/** What crosses between a conversation and those who run its jobs. Both may be of different versions for some minutes. */

/** What the isolate that called is asked to do besides. What it does not do, the object's alarm has done. */
export interface Errands {
  /** To be sent to the queue. */
  readonly tickets?: readonly JobTicket[] | undefined;
  /** To be run at once, in the Worker. */
  readonly grant?: JobGrant | undefined;
}

/** A job's place, and nothing of its content: the body of a queue's message. */
export interface JobTicket {
  readonly v: 1;
  /** Name of the conversation's object. */
  readonly object: string;
  /** Key of the push that it came from. */
  readonly key: string;
  readonly job: string;
  /** Not before so many seconds have passed. */
  readonly delaySeconds?: number | undefined;
}

/** Leave to run a job, until it settles or the lease runs out. */
export interface JobGrant {
  readonly v: 1;
  readonly object: string;
  readonly key: string;
  readonly job: string;
  readonly lease: string;
  readonly account: string;
  readonly user: string;
  readonly requestId: string;
  /** A `Push`, and a list of them, as JSON. */
  readonly push: string;
  readonly skipped: readonly string[];
  /** A `Work`, as JSON. */
  readonly work: string;
  /** The session's keys with their values as JSON, as JSON. */
  readonly session: string;
  readonly canHold: boolean;
  /** Until when a reply may still answer the push, in milliseconds since the epoch; unset when none can. */
  readonly answerBy?: number | undefined;
  readonly timeoutMs: number;
  readonly attempt: number;
  /** Whether nothing follows when this run fails. */
  readonly isLastTry: boolean;
  /** How many replies earlier runs of it have made, and those, as JSON: Workers of before know the number only. */
  readonly said?: number | undefined;
  readonly saidReplies?: string | undefined;
}

/** Asks for leave to run a job. */
export interface ClaimCall extends JobAddress {
  /** Of the caller's making: the same call made again gets the same answer. */
  readonly lease: string;
}

/** A job of this conversation. */
export interface JobAddress {
  readonly v: 1;
  readonly key: string;
  readonly job: string;
}

/** `wait`: not now, for it is not time yet or somebody else is running it. `gone`: there is nothing left to do. */
export type ClaimAnswer =
  | { readonly v: 1; readonly kind: "run"; readonly grant: JobGrant }
  | { readonly v: 1; readonly kind: "wait"; readonly ms: number }
  | { readonly v: 1; readonly kind: "gone" };

/** Keys that have changed in the session, with their values as JSON; without one where a key was deleted. */
export type ChangeList = readonly (readonly [name: string, json?: string | undefined])[];

/** A reply of a run. */
export interface RecordedReply {
  readonly n: number;
  readonly reply: string;
  readonly more?: boolean | undefined;
  /** Set when it goes on with a text that an earlier reply has begun. */
  readonly part?: { readonly of: number; readonly gap: string } | undefined;
}

/** Something that a job's run did. */
export interface RecordCall {
  readonly v: 1;
  readonly key: string;
  readonly job: string;
  readonly lease: string;
  readonly changes: ChangeList;
  /** Its `n`-th reply, a `Reply` as JSON. `more`: whether the run is certain to say more. */
  readonly reply?: RecordedReply | undefined;
  /** The `n`-th job that it ordered, a `WorkOrder` as JSON. */
  readonly order?: { readonly n: number; readonly order: string } | undefined;
  /** Ends whatever else of the user is under way. */
  readonly cancelOthers?: boolean | undefined;
}

/** `lost`: the lease is somebody else's, or the job was cancelled. `parts`: 0 when no way to the user was open. */
export type RecordAnswer =
  | { readonly v: 1; readonly kind: "taken"; readonly parts: number; readonly tickets: readonly JobTicket[] }
  | { readonly v: 1; readonly kind: "lost" };

/** How a job's run ended. */
export interface SettleCall {
  readonly v: 1;
  readonly key: string;
  readonly job: string;
  readonly lease: string;
  readonly changes: ChangeList;
  readonly outcome: "done" | "failed" | "timed_out";
  readonly code?: string | undefined;
  readonly error?: string | undefined;
}

/** `again`: the ticket is to be sent, after its delay. */
export type SettleAnswer =
  | { readonly v: 1; readonly kind: "settled" }
  | { readonly v: 1; readonly kind: "again"; readonly ticket: JobTicket }
  | { readonly v: 1; readonly kind: "lost" };

/** A dead letter's job is to be run again. `job`: as the dead letter has it. */
export interface RedriveCall {
  readonly v: 1;
  readonly job: string;
}

/** What came of that. */
export interface RedriveAnswer {
  readonly v: 1;
  readonly outcome: "queued" | "refused";
}
