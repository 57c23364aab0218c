/** What the assistant needs of a model, whoever serves it. */
import { WechatEdgeError } from "../../errors.ts";

/** A part of a user's message: a text, or a picture by its URL. */
export type ModelContent =
  | string
  | readonly (
      { readonly type: "text"; readonly text: string } | { readonly type: "image"; readonly url: string }
    )[];

/** One message of a conversation with a model. */
export interface ModelMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: ModelContent;
}

/** A model that answers piece by piece. */
export interface ModelProvider {
  /**
   * Asks the model, once: nothing is repeated.
   *
   * @returns the answer's text as it arrives, without what the model only thinks
   * @throws {ModelError} when there is no answer, or it breaks off
   */
  ask(messages: readonly ModelMessage[], signal: AbortSignal): AsyncIterable<string>;
}

/** Why a model has not answered. `isStarted`: whether it may have begun, and cost something. */
export interface ModelErrorFacts extends ErrorOptions {
  readonly status?: number | undefined;
  readonly isStarted?: boolean;
  /** When it may be asked again, in seconds from now. */
  readonly retryAfterSeconds?: number | undefined;
  readonly hint?: string;
}

/** The kinds of failure, each with a text for the user. */
export type ModelErrorKind =
  "model_refused" | "model_busy" | "model_unreachable" | "model_stalled" | "model_unreadable" | "model_empty";

/** A model has not answered, or its answer broke off. */
export class ModelError extends WechatEdgeError {
  override readonly name = "ModelError";
  declare readonly code: ModelErrorKind;
  readonly status: number | undefined;
  readonly isStarted: boolean;
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: ModelErrorKind, message: string, facts: ModelErrorFacts = {}) {
    super(kind, message, facts);
    this.status = facts.status;
    this.isStarted = facts.isStarted ?? false;
    this.retryAfterSeconds = facts.retryAfterSeconds;
  }
}
