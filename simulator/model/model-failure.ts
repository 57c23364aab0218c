/**
 * Refusals in OpenAI's words: an HTTP status and `{"error":{"message","type","param","code"}}`.
 *
 * @see https://platform.openai.com/docs/guides/error-codes
 */

/** What is said of a failure. */
interface FailureWords {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly param?: string;
  /** Where it is another one than the failure's name. */
  readonly code?: string | null;
  readonly retryAfterSeconds?: number;
}

const WORDS = {
  context_length_exceeded: {
    status: 400,
    type: "invalid_request_error",
    message:
      "This model's maximum context length is 128000 tokens. However, your messages resulted in more tokens. Please reduce the length of the messages.",
    param: "messages",
  },
  content_policy_violation: {
    status: 400,
    type: "invalid_request_error",
    message: "Your request was rejected as a result of our safety system.",
  },
  invalid_api_key: {
    status: 401,
    type: "invalid_request_error",
    message:
      "Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.",
  },
  insufficient_balance: {
    status: 402,
    type: "unknown_error",
    message: "Insufficient Balance",
    code: "invalid_request_error",
  },
  unsupported_country_region_territory: {
    status: 403,
    type: "request_forbidden",
    message: "Country, region, or territory not supported",
  },
  model_not_found: {
    status: 404,
    type: "invalid_request_error",
    message: "The model does not exist or you do not have access to it.",
  },
  rate_limit_exceeded: {
    status: 429,
    type: "requests",
    message: "Rate limit reached on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again.",
    retryAfterSeconds: 20,
  },
  insufficient_quota: {
    status: 429,
    type: "insufficient_quota",
    message: "You exceeded your current quota, please check your plan and billing details.",
  },
  server_error: {
    status: 500,
    type: "server_error",
    message: "The server had an error while processing your request. Sorry about that!",
    code: null,
  },
  overloaded: {
    status: 503,
    type: "server_error",
    message: "The engine is currently overloaded, please try again later.",
    code: null,
  },
} as const satisfies Record<string, FailureWords>;

/** Names of the failures that can be ordered: OpenAI's codes where it has one; `insufficient_balance` is DeepSeek's. */
export type FailureName = keyof typeof WORDS;

function isFailureName(name: unknown): name is FailureName {
  return typeof name === "string" && Object.hasOwn(WORDS, name);
}

/** All names, in the order of their status. */
export const FAILURE_NAMES: readonly FailureName[] = Object.keys(WORDS).filter(isFailureName);

/** The failure that is meant where only an HTTP status is said. */
export function failureOfStatus(status: number): FailureName | undefined {
  return FAILURE_NAMES.find((name) => WORDS[name].status === status);
}

/** What a failure is made of. */
export interface FailureFacts {
  readonly status: number;
  readonly type?: string;
  readonly param?: string | null;
  readonly code?: string | null;
  readonly retryAfterSeconds?: number | undefined;
}

/** A refusal. `type` is `invalid_request_error` unless said otherwise. */
export class ModelFailure extends Error {
  override readonly name = "ModelFailure";
  readonly facts: FailureFacts;

  constructor(message: string, facts: FailureFacts) {
    super(message);
    this.facts = facts;
  }

  /** `{ error: … }`, as it stands in a body or in a stream. */
  get body(): object {
    const { type = "invalid_request_error", param = null, code = null } = this.facts;
    return { error: { message: this.message, type, param, code } };
  }

  get response(): Response {
    const { status, retryAfterSeconds } = this.facts;
    const headers = { "x-should-retry": String(status === 429 || status >= 500) };
    return Response.json(this.body, {
      status,
      headers:
        retryAfterSeconds === undefined ? headers : { ...headers, "Retry-After": String(retryAfterSeconds) },
    });
  }
}

/** The failure of that name. @param retryAfterSeconds default: 20 where a rate limit was reached, else none */
export function failureOf(name: FailureName, retryAfterSeconds?: number): ModelFailure {
  const words: FailureWords = WORDS[name];
  const { message, code = name, status, type, param = null } = words;
  return new ModelFailure(message, {
    status,
    type,
    param,
    code,
    retryAfterSeconds: retryAfterSeconds ?? words.retryAfterSeconds,
  });
}

/** A parameter that is wrong: 400. */
export function badParameter(message: string, param: string | null, code: string | null): ModelFailure {
  return new ModelFailure(message, { status: 400, param, code });
}
