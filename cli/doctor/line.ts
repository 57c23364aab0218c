/** The line to a callback URL on which the doctor speaks as WeChat. */
import type { AccountDefinition } from "../../src/accounts/account.ts";
import type { Credentials as Signing } from "../../simulator/account.ts";
import { createPush } from "../../simulator/create-push.ts";
import { type ReplyReading, judgeAnswer, readAnswer } from "../../simulator/read-reply.ts";
import { signedPush, signedUrlCheck, type SignedRequest } from "../../simulator/signed-push.ts";
import { PROBE_USER } from "../../src/accounts/probe-user.ts";
import type { Knock, Knocked } from "./knock.ts";
import { type Credentials, credentialsOf, type Subject } from "./subject.ts";

/** What a line is made of. */
export interface LineOptions extends Subject {
  readonly knock: Knock;
  /** Milliseconds since the epoch, as this machine's clock has it. */
  readonly clock: () => number;
}

/** A check of the URL, and what came back. */
export interface Checked {
  readonly echostr: string;
  readonly knocked: Knocked;
}

/** A push, and what WeChat would make of the answer. `reading` is absent where there was no answer. */
export interface Pushed {
  readonly knocked: Knocked;
  readonly reading: ReplyReading | undefined;
}

/** The probe's push, to be sent once or more often. */
export type ProbePush = ReturnType<typeof probePush>;

/** Makes a text of the probe user's, with a `MsgId` of its own. */
export function probePush(content: string, now: () => number) {
  return createPush("text", { FromUserName: PROBE_USER, Content: content }, { now });
}

/** One subject's line. */
export class Line {
  readonly account: AccountDefinition;
  readonly url: URL;
  readonly credentials: Credentials;
  readonly #knock: Knock;
  readonly #clock: () => number;
  #offsetMs = 0;

  constructor({ account, url, knock, clock }: LineOptions) {
    this.account = account;
    this.url = url;
    this.credentials = credentialsOf(account);
    this.#knock = knock;
    this.#clock = clock;
  }

  /** This machine's clock, set right by `offsetMs` where it turned out to be wrong. */
  readonly now = (): number => this.#clock() + this.#offsetMs;

  /** How far the clock of an answer is ahead of this line's, in seconds; 0 where it has none. */
  secondsAhead(knocked: Knocked): number {
    const theirs = knocked.kind === "answer" ? Date.parse(knocked.headers.get("date") ?? "") : Number.NaN;
    return Number.isNaN(theirs) ? 0 : Math.round((theirs - this.now()) / 1000);
  }

  /** Whether it goes by another clock than this machine's. */
  get isClockSet(): boolean {
    return this.#offsetMs !== 0;
  }

  /** Goes by another clock from now on. */
  setClockAhead(seconds: number): void {
    this.#offsetMs += seconds * 1000;
  }

  /** The check of the console, signed with `token` at `now`. */
  async check({
    token = this.credentials.token,
    now = this.now,
  }: { readonly token?: string; readonly now?: () => number } = {}): Promise<Checked> {
    const signed = await signedUrlCheck({ token, now, url: this.url });
    return { echostr: signed.echostr, knocked: await this.#knock(signed) };
  }

  /** The same check with a signature that nobody made. */
  async forgedCheck(): Promise<Checked> {
    const signed = await signedUrlCheck({ token: this.credentials.token, now: this.now, url: this.url });
    const url = new URL(signed.url);
    const [first = "", ...rest] = url.searchParams.get("signature") ?? "";
    url.searchParams.set("signature", [first === "0" ? "1" : "0", ...rest].join(""));
    return { echostr: signed.echostr, knocked: await this.#knock({ ...signed, url: url.href }) };
  }

  /** Sends a push, and judges the answer as WeChat does. */
  async push(push: ProbePush, credentials: Credentials = this.credentials): Promise<Pushed> {
    const signing: Signing = credentials;
    const signed = await signedPush(push, { ...signing, now: this.now, url: this.url });
    const knocked = await this.#knock(signed);
    if (knocked.kind !== "answer") return { knocked, reading: undefined };
    const { status, headers, bytes } = knocked;
    // These have no body, and a Response refuses one.
    const body = status === 204 || status === 304 || bytes.length === 0 ? null : bytes;
    const answer = await readAnswer(new Response(body, { status, headers }));
    const reading: ReplyReading =
      "reason" in answer ? { kind: "abnormal", ...answer } : await judgeAnswer(answer, push, credentials);
    return { knocked, reading };
  }

  /** Any other request to the same host. */
  send(request: SignedRequest): Promise<Knocked> {
    return this.#knock(request);
  }
}
