/** Why a request from outside was not believed. One union, so that one switch can turn each into an answer. */

/** Every way in which a callback request can fail before it reaches a handler. */
export type FailureReason =
  | "method_not_allowed"
  | "account_unknown"
  | "account_misconfigured"
  | "parameter_malformed"
  | "timestamp_outside_window"
  | "signature_mismatch"
  | "msg_signature_mismatch"
  | "replayed_with_other_body"
  | "body_too_large"
  | "body_unreadable"
  | "envelope_missing"
  | "envelope_unopenable"
  | "push_malformed";

/**
 * A refused request: the reason, and a fact for the operator's log.
 *
 * The fact names parameters and limits, never a secret, a signature or message content. Strangers see neither.
 */
export class Failure {
  readonly reason: FailureReason;
  readonly fact: string;

  constructor(reason: FailureReason, fact: string) {
    this.reason = reason;
    this.fact = fact;
  }
}
