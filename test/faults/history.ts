/** What happened in a run, as the checker reads it: plain data. */
import type { Verb } from "./bot.ts";

/** One request that WeChat made. */
export interface Attempt {
  readonly requestId: string;
  /** Simulated milliseconds since the epoch. */
  readonly at: number;
  /** How long it took, or until WeChat hung up. */
  readonly ms: number;
  /** `killed`: the Worker died; `unanswered`: WeChat hung up. */
  readonly outcome: "answered" | "unanswered" | "killed";
  readonly status?: number | undefined;
  /** `success`, or what the reply says. */
  readonly said?: string | undefined;
  /** Whether this answer is the one that the user was shown. */
  readonly isShown: boolean;
}

/** One message of a user, with all that WeChat did for it. */
export interface Message {
  /** `<seed>-<n>` */
  readonly id: string;
  readonly verb: Verb;
  readonly user: string;
  /** Key of its push. */
  readonly key: string;
  readonly isForged: boolean;
  readonly attempts: readonly Attempt[];
}

/** A reply as it is kept. */
export interface KeptReply {
  readonly tokens: readonly string[];
  readonly state: string;
}

/** A push as it is kept. */
export interface KeptTurn {
  readonly key: string;
  readonly user: string;
  readonly state: string;
  readonly isAnswered: boolean;
  readonly runs: number;
  readonly replies: readonly KeptReply[];
  readonly jobs: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: string;
    readonly isBuried: boolean;
    readonly tries: number;
  }[];
}

/** A line of the Worker's log, as far as it is of use. */
export interface LogFact {
  readonly message: string;
  readonly level: string;
  readonly at: number;
  readonly requestId: string;
  readonly key: string;
  readonly route: string;
  readonly outcome: string;
  readonly durationMs: number;
}

/** A customer-service message that WeChat has shown a user. */
export interface Effect {
  readonly user: string;
  readonly tokens: readonly string[];
}

/** Everything about one seed, after it has come to rest. */
export interface History {
  readonly seed: number;
  readonly messages: readonly Message[];
  readonly turns: readonly KeptTurn[];
  /** By user; empty when nothing is kept. */
  readonly sessions: ReadonlyMap<string, Readonly<Record<string, number>>>;
  readonly effects: readonly Effect[];
  /** Ids of the dead letters. */
  readonly deadLetters: readonly string[];
  readonly log: readonly LogFact[];
}
