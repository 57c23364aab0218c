/** What crosses between the Worker and a conversation's object. Both may be of different versions for some minutes. */

/** A verified push. */
export interface PushCall {
  readonly v: 1;
  readonly account: string;
  /** Empty for a push about no user. */
  readonly user: string;
  readonly key: string;
  /** A `Push` as JSON. */
  readonly push: string;
  readonly requestId: string;
  readonly spanId: string;
  /** When the answer must leave, in milliseconds since the epoch. */
  readonly deadline: number;
  /** How long the object may wait for its handler before it says `pending`, in milliseconds. */
  readonly patienceMs: number;
}

/** Asks how far a push is. `isLast`: the answer must leave now, so a way for the late one is chosen. */
export interface AskCall {
  readonly v: 1;
  readonly key: string;
  readonly isLast: boolean;
  /** Whether the account may let another push time out on purpose. */
  readonly mayHold: boolean;
}

/** Asks for what is kept of the user, or decides about a reply whose outcome nobody knows. */
export interface ReportCall {
  readonly v: 1;
  readonly decision?: ReplyDecision | undefined;
}

/** What becomes of an unknown reply: sent once more, at the risk of showing it twice, or left. */
export interface ReplyDecision {
  readonly key: string;
  readonly n: number;
  readonly action: "resend" | "drop";
}

/** What is kept of one push, without its content. */
export interface TurnReport {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly state: string;
  readonly attempts: number;
  readonly runs: number;
  /** How WeChat was answered: a route, `none`, or `open` as long as that is not decided. */
  readonly answer: string;
  readonly replies: readonly ReplyReport[];
}

/** What became of one reply. */
export interface ReplyReport {
  readonly n: number;
  readonly type: string;
  readonly state: string;
  readonly tries: number;
  readonly errcode: number | undefined;
}

/** The pushes that are kept, the newest first. `decided` says whether there was such an unknown reply. */
export interface ConversationReport {
  readonly v: 1;
  readonly decided: boolean;
  readonly turns: readonly TurnReport[];
}

/** How far it is. `reply` is a `Reply` as JSON. `hold`: give no answer, WeChat will ask again. `unknown`: never seen. */
export type Progress =
  | {
      readonly v: 1;
      readonly kind: "reply";
      readonly reply: string;
      readonly route: "passive" | "hold" | "mailbox" | "text";
    }
  | { readonly v: 1; readonly kind: "none"; readonly route?: "push" | undefined }
  | { readonly v: 1; readonly kind: "pending" }
  | { readonly v: 1; readonly kind: "hold" }
  | { readonly v: 1; readonly kind: "unknown" };
