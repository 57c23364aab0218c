/** From a request to a push that is believed: every check, in the order in which a stranger meets them. */
import type { Account } from "../accounts/account.ts";
import type { AesKey } from "../protocol/aes.ts";
import { encryptedField } from "../protocol/encrypted-field.ts";
import { openEnvelope } from "../protocol/envelope.ts";
import { Failure } from "../protocol/failures.ts";
import { parsePush, type Push, PushFault } from "../protocol/push.ts";
import { tokenThatSigned } from "../protocol/signature.ts";
import { type Query, readBody, readQuery, readStamp, type Stamp } from "./request.ts";
import type { Scope } from "./scope.ts";

/** A request whose `signature` is right and whose timestamp is near. */
export interface Signed {
  readonly account: Account;
  readonly query: Query;
  readonly stamp: Stamp;
  /** The token that signed it; the reply is signed with the same one. */
  readonly token: string;
}

/** A push that is believed, and the key to seal its reply with (`undefined` in plain mode). */
export interface Verified extends Signed {
  readonly push: Push;
  readonly key: AesKey | undefined;
}

/** Account, parameters, timestamp, signature. Nothing of the body has been touched yet. */
export async function verifySignature(scope: Scope, expectsMessage: boolean): Promise<Signed | Failure> {
  const account = await scope.accounts.find(scope.accountId);
  if (account instanceof Failure) return account;
  const query = readQuery(scope.request.url);
  if (query instanceof Failure) return query;
  const stamp = readStamp(query, expectsMessage && account.mode !== "plain");
  if (stamp instanceof Failure) return stamp;
  const skewSeconds = scope.arrived / 1000 - Number(stamp.timestamp);
  if (Math.abs(skewSeconds) > scope.settings.freshnessSeconds) {
    return new Failure(
      "timestamp_outside_window",
      `its timestamp differs by ${Math.round(skewSeconds)} s from our clock`,
    );
  }
  const token = await tokenThatSigned(stamp.signature, account.tokens, stamp.timestamp, stamp.nonce);
  if (token === undefined) {
    return new Failure("signature_mismatch", "signature was not made with this account's token");
  }
  return { account, query, stamp, token };
}

/** Then the body: read within its limit, opened where the account's mode says that it is sealed, and parsed. */
export async function verifyPush(scope: Scope): Promise<Verified | Failure> {
  const signed = await verifySignature(scope, true);
  if (signed instanceof Failure) return signed;
  const body = await readBody(scope.request, scope.settings.maxBodyBytes);
  if (body instanceof Failure) return body;
  if (signed.account.mode === "plain") return plainPush(scope, signed, body);
  return sealedPush(signed, body);
}

function plainPush(scope: Scope, signed: Signed, body: string): Verified | Failure {
  if (!scope.replays.accepts(signed.stamp.signature, body)) {
    return new Failure("replayed_with_other_body", "this signature came with another body before");
  }
  return parsed(signed, body, undefined);
}

/** In compatible mode plain fields stand beside `Encrypt`: they are covered by nothing and never looked at. */
async function sealedPush(signed: Signed, body: string): Promise<Verified | Failure> {
  const { account, stamp, token } = signed;
  const encrypted = encryptedField(body);
  if (encrypted === undefined)
    return new Failure("envelope_missing", `mode ${account.mode}, but the body has no Encrypt`);
  const { msgSignature, timestamp, nonce } = stamp;
  if ((await tokenThatSigned(msgSignature, [token], timestamp, nonce, encrypted)) === undefined) {
    return new Failure("msg_signature_mismatch", "msg_signature does not cover this Encrypt");
  }
  const opened = await openEnvelope(encrypted, account.keys, account.receiveId);
  if (opened === undefined) {
    return new Failure(
      "envelope_unopenable",
      "Encrypt could not be opened: EncodingAESKey or app id may be another account's",
    );
  }
  return parsed(signed, opened.text, opened.key);
}

function parsed(signed: Signed, text: string, key: AesKey | undefined): Verified | Failure {
  try {
    return { ...signed, push: parsePush(text, signed.account.product), key };
  } catch (error) {
    if (!(error instanceof PushFault)) throw error;
    const sealed = key === undefined && encryptedField(text) !== undefined;
    const fact = sealed
      ? "the push is encrypted, but the account is configured without a key"
      : error.message;
    return new Failure("push_malformed", fact);
  }
}
