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
