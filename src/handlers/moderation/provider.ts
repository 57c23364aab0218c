/** What moderation needs of whoever judges a text. */

/** A text to be judged. */
export interface ModerationQuestion {
  readonly text: string;
  /** Tells users apart without naming them: SHA-256 of account and openid, in hexadecimal digits. */
  readonly openid: string;
  /** The account's id in this Worker's configuration. */
  readonly account: string;
  /** `outgoing`: to be shown to the user. `incoming`: from the user. */
  readonly direction: "incoming" | "outgoing";
}

/** The judgement. */
export interface ModerationVerdict {
  readonly allowed: boolean;
  /** A short word for the log (`politics`): of letters, digits, `_`, `.` and `-`, never a piece of the text. */
  readonly reason?: string | undefined;
}

/** Somebody who judges texts. */
export interface ModerationProvider {
  /** @throws when there is no judgement: moderation then fails open or closed, as it is set up */
  check(question: ModerationQuestion, signal: AbortSignal): Promise<ModerationVerdict>;
}
