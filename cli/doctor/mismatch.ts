/** A signature is accepted and the push is not: tells another mode, key and app id from a body that went lost. */
import { signedUrlCheck } from "../../simulator/signed-push.ts";
import { outside, type OutsideFinding } from "./findings.ts";
import type { Inside } from "./inside.ts";
import { type Line, probePush } from "./line.ts";
import { isRefusal } from "./passage.ts";
import type { Credentials } from "./subject.ts";

/** More than the Worker reads, whatever `MAX_BODY_BYTES` is: it says so with 413, if the body gets there. */
const TOO_MANY_BYTES = 1_114_112;
const TOO_LARGE = 413;
const FORBIDDEN = 403;
/** Has the shape of a signature, which is looked at before the body is read. */
const SOME_SIGNATURE = "0".repeat(40);

/**
 * What a refused push comes from.
 *
 * @param status of the Worker's own refusal
 */
export async function refusedPushFindings(
  line: Line,
  status: number,
  inside: Inside,
): Promise<OutsideFinding[]> {
  const { mode } = line.credentials;
  // The token is right, as the check of the URL has shown; so it is what the signature covers that was changed.
  if (status === FORBIDDEN) return [outside("body_altered", { mode })];
  if (mode === "plain") return plainRefused(line, inside);
  if (await isAccepted(line, { ...line.credentials, mode: "plain" })) {
    return [outside("mode_differs", { here: mode, there: "plain" })];
  }
  if (!(await bodyArrives(line))) return [outside("body_lost", { status })];
  for (const encodingAesKey of line.account.encodingAesKeys.slice(1)) {
    if (await isAccepted(line, { ...line.credentials, encodingAesKey })) {
      return [outside("key_differs", { accepted: "previous" })];
    }
  }
  return [keyOrAppId(line, inside)];
}

/** Here everything is plain. The Worker says its mode where it can be asked; else a sealed push tries it. */
async function plainRefused(line: Line, inside: Inside): Promise<OutsideFinding[]> {
  const { mode: here, encodingAesKey } = line.credentials;
  const known = inside.account?.mode;
  if (known !== undefined && known !== here) return [outside("mode_differs", { here, there: known })];
  if (encodingAesKey !== undefined && (await isAccepted(line, { ...line.credentials, mode: "secure" }))) {
    return [outside("mode_differs", { here, there: "secure" })];
  }
  if (!(await bodyArrives(line))) return [outside("body_lost", { status: 400 })];
  // A plain push that arrives, rightly signed, is refused for one thing only: it had to be sealed.
  return known === undefined
    ? [outside("mode_differs", { here, there: "secure" })]
    : [outside("body_altered", { mode: here })];
}

/**
 * The signer tells which: it is keyed by the AppSecret, or without one by the EncodingAESKey, and salted by the app id.
 */
function keyOrAppId({ account }: Line, { signedBy, findings }: Inside): OutsideFinding {
  if (signedBy === "appSecret") return outside("key_differs", { accepted: "none" });
  // Key and app id are right, then, and nothing else opens an envelope.
  if (signedBy === "encodingAesKey") return outside("body_altered", { mode: account.mode });
  const isRefused = findings.some(({ code }) => code === "inside_refused");
  return isRefused && account.appSecret !== undefined
    ? outside("app_id_differs")
    : outside("key_or_app_id_differs");
}

async function isAccepted(line: Line, credentials: Credentials): Promise<boolean> {
  const { knocked } = await line.push(probePush("mode", line.now), credentials);
  return knocked.kind === "answer" && knocked.status === 200;
}

/** Sends a body that is refused for its size alone. */
async function bodyArrives(line: Line): Promise<boolean> {
  const { token } = line.credentials;
  const signed = await signedUrlCheck({ token, now: line.now, url: line.url });
  const url = new URL(signed.url);
  url.searchParams.set("msg_signature", SOME_SIGNATURE);
  const headers = { "Content-Type": "text/xml" };
  const body = " ".repeat(TOO_MANY_BYTES);
  const knocked = await line.send({ url: url.href, init: { method: "POST", headers, body } });
  return knocked.kind === "answer" && knocked.status === TOO_LARGE && isRefusal(knocked);
}
