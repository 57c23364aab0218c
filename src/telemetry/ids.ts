/**
 * Request and span ids.
 *
 * @see https://www.w3.org/TR/trace-context/
 */

const TRACE_BYTES = 16;
const SPAN_BYTES = 8;
const POOL_BYTES = 3_072;
const ACCEPTED_ID = /^[A-Za-z0-9._-]{1,128}$/;
const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/;

/** A source of random bytes: fills the array it is given and returns it. */
export type RandomSource = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;

/** Who a request is, for logs and for the services around us. */
export interface RequestIds {
  readonly requestId: string;
  readonly spanId: string;
  /** The `traceparent` to hand on, when the request brought one. */
  readonly traceparent: string | undefined;
  /** Whether the request brought an id of its own: then its answer carries one too. */
  readonly continued: boolean;
}

/** Makes ids from one source of randomness; bytes are drawn in bulk, a draw per request would cost more than the ids. */
export class IdMaker {
  readonly #random: RandomSource;
  #pool = "";
  #at = 0;

  constructor(random: RandomSource) {
    this.#random = random;
  }

  /** The ids of a request: its own `X-Request-ID` or trace id where well-formed, else new ones. */
  forRequest(headers: Headers): RequestIds {
    const given = headers.get("x-request-id");
    const traceparent = headers.get("traceparent");
    const trace = traceparent === null ? null : TRACEPARENT.exec(traceparent);
    const spanId = this.#hex(SPAN_BYTES);
    const traceId = trace?.[1];
    const requestId = given !== null && ACCEPTED_ID.test(given) ? given : (traceId ?? this.#hex(TRACE_BYTES));
    return {
      requestId,
      spanId,
      traceparent: trace ? `00-${traceId}-${spanId}-${trace[2]}` : undefined,
      continued: given !== null || traceparent !== null,
    };
  }

  #hex(bytes: number): string {
    const digits = bytes * 2;
    if (this.#at + digits > this.#pool.length) {
      this.#pool = this.#random(new Uint8Array(POOL_BYTES)).toHex();
      this.#at = 0;
    }
    const id = this.#pool.slice(this.#at, this.#at + digits);
    this.#at += digits;
    return id;
  }
}
