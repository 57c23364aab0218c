/** What the simulator tells about one push: what was sent, what came back, and what the user saw of it. */
import type { FaultReason } from "./faults.ts";

/** How the outcome of a push looks from WeChat's side. */
export type Outcome =
  /** A reply that WeChat would show. */
  | { readonly kind: "reply"; readonly reply: ShownReply }
  /** `success` or an empty body: nothing is shown and nothing sent again. */
  | { readonly kind: "silence" }
  /** No usable answer in three attempts: the user reads `NOTICE`. `fault` says why, for the developer. */
  | { readonly kind: "notice"; readonly fault: string }
  /** The callback refused the push: the user reads `NOTICE` as well. */
  | { readonly kind: "refused"; readonly status: number; readonly fault: string };

/** What a user reads when an account does not answer. */
export const NOTICE = "该公众号暂时无法提供服务，请稍后再试";

/** A reply as the phone shows it: the type, and the fields of the reply as WeChat names them. */
export interface ShownReply {
  readonly MsgType: string;
  readonly fields: Readonly<Record<string, ReplyField>>;
}

/** A text, an element with children, or repeated elements. */
export type ReplyField = string | { readonly [name: string]: ReplyField } | readonly ReplyField[];

/** One HTTP request of WeChat's, and what became of it. */
export interface Attempt {
  /** 1, 2 or 3. */
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly request: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    /** The body as it was sent. */
    readonly body: string;
    /** The push inside it, decrypted. */
    readonly plain: string;
  };
  /** `undefined` when there was no answer within five seconds, or no connection. */
  readonly response?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    /** The reply inside it, decrypted; absent when it was not sealed or could not be opened. */
    readonly plain?: string;
  };
  /** What was wrong with this attempt, or with the reply that was shown in spite of it. */
  readonly fault?: string;
  /** The stable name of what kept this attempt from a result: `timeout`, `connection_failed`, `msg_signature` … */
  readonly reason?: FaultReason;
}

/** One push with all its attempts. */
export interface Exchange {
  readonly id: string;
  readonly account: string;
  readonly openid: string;
  /** `text`, `event:CLICK` … */
  readonly type: string;
  readonly attempts: readonly Attempt[];
  readonly outcome: Outcome;
}
