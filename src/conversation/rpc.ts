/** What crosses between the Worker and a conversation's object. Both may be of different versions for some minutes. */

import type { PageLink } from "../accounts/page-link.ts";
import type { Errands } from "./deferred/rpc.ts";
import type { PageText } from "./pages.ts";

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
  /** Whether the account is over its rate: the push is put on record and acknowledged, and the queue runs it. */
  readonly later?: boolean | undefined;
  /** Whether nobody waits for the answer: it is kept for WeChat's next request, and then takes a late way. */
  readonly unattended?: boolean | undefined;
}

/** A queue's message that carries a push: its conversation could not be reached when it came. */
export interface PushMessage {
  readonly v: 1;
  /** Name of the conversation's object. */
  readonly object: string;
  readonly push: PushCall;
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
  /** The job that made it; unset for the push's own run. */
  readonly job?: string | undefined;
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
  readonly jobs: readonly JobReport[];
}

/** What became of one job. */
export interface JobReport {
  readonly id: string;
  /** Of its handler; `push` for all of them. */
  readonly name: string;
  readonly via: string;
  readonly state: string;
  readonly tries: number;
  /** Why it was given up. */
  readonly code: string | undefined;
}

/** What became of one reply. */
export interface ReplyReport {
  readonly n: number;
  /** The job that made it; unset for the push's own run. */
  readonly job: string | undefined;
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
export type Progress = Errands &
  (
    | {
        readonly v: 1;
        readonly kind: "reply";
        readonly reply: string;
        readonly route: "passive" | "hold" | "mailbox" | "text";
        /** The page that is to be linked to behind its text. It does not leave the object: there it becomes text. */
        readonly link?: PageLink | undefined;
      }
    | { readonly v: 1; readonly kind: "none"; readonly route?: "push" | undefined }
    /** `againMs`: when there may be news, from now. */
    | { readonly v: 1; readonly kind: "pending"; readonly againMs?: number | undefined }
    | { readonly v: 1; readonly kind: "hold" }
    | { readonly v: 1; readonly kind: "unknown" }
  );

/** Somebody has a link to a page with a long text. */
export interface PageCall {
  readonly v: 1;
  readonly id: string;
}

/** What the page shows; without it there is no such page, or not any more. */
export interface PageAnswer {
  readonly v: 1;
  readonly page?: PageText | undefined;
}

/** Everything that is kept of the user is to be forgotten. */
export interface EraseCall {
  readonly v: 1;
}

/** How many pushes were kept. */
export interface EraseAnswer {
  readonly v: 1;
  readonly turns: number;
}
