/** The simulated model as a test uses it: over HTTP, as the Worker under test does. */
import { inject } from "vitest";
import {
  type CallCounts,
  DEVELOPMENT_MODEL_KEY,
  MODEL_BASE_PATH,
  MODEL_CONTROL_PATH,
  type ModelCall,
  type ModelSwitch,
  type OrderedSwitch,
} from "wechat-edge/testing";

/** What is read of a streamed answer. */
export interface ReadStream {
  /** The text of all deltas. */
  readonly content: string;
  readonly reasoning: string;
  readonly finishReason: string | null;
  /** Every chunk, as JSON; what is no JSON is left as text. */
  readonly chunks: readonly unknown[];
  readonly isDone: boolean;
}

/** The model server beside the simulated WeChat, and its control. */
export class Model {
  /** Where the simulator is: `http://localhost:8788`. */
  readonly origin: string;

  constructor(origin: string = inject("platformUrl")) {
    this.origin = origin;
  }

  /** The base URL for an OpenAI client. */
  get baseUrl(): string {
    return this.origin + MODEL_BASE_PATH;
  }

  async reset(): Promise<void> {
    await this.control("POST", "reset", {});
  }

  async set(order: Partial<ModelSwitch>): Promise<readonly OrderedSwitch[]> {
    const { switches } = await this.control<{ switches: OrderedSwitch[] }>("POST", "switches", order);
    return switches;
  }

  async clear(): Promise<void> {
    await this.control("DELETE", "switches");
  }

  /** The calls so far; those whose messages have these words, if given. */
  async calls(says = ""): Promise<readonly ModelCall[]> {
    const query = new URLSearchParams({ says }).toString();
    return (await this.control<{ calls: ModelCall[] }>("GET", `calls?${query}`)).calls;
  }

  async counts(): Promise<CallCounts> {
    return (await this.control<{ counts: CallCounts }>("GET", "calls")).counts;
  }

  /** Asks the model; `body` takes the place of any of the usual parameters. */
  chat(
    content: unknown,
    body: Readonly<Record<string, unknown>> = {},
    init: { readonly key?: string; readonly signal?: AbortSignal } = {},
  ): Promise<Response> {
    const { key = DEVELOPMENT_MODEL_KEY, signal } = init;
    return fetch(`${this.baseUrl}/chat/completions`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      body: JSON.stringify({ model: "simulated-chat", messages: [{ role: "user", content }], ...body }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async control<T>(method: "GET" | "POST" | "DELETE", what: string, body?: object): Promise<T> {
    const response = await fetch(`${this.origin}${MODEL_CONTROL_PATH}/${what}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${what}: ${response.status} ${JSON.stringify(answer)}`);
    return answer as T; // the test knows what it asked for
  }
}

interface WireChunk {
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null; readonly reasoning_content?: string | null };
    readonly finish_reason?: string | null;
  }[];
}

/** Reads a stream to its end, strictly in UTF-8; rejects when the connection is cut. */
export async function readStream(response: Response): Promise<ReadStream> {
  return streamIn(
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(await response.arrayBuffer()),
  );
}

/** Reads the events of a text. */
export function streamIn(text: string): ReadStream {
  const data = text
    .split("\n\n")
    .filter((event) => event.startsWith("data: "))
    .map((event) => event.slice("data: ".length));
  const chunks = data.filter((event) => event !== "[DONE]").map(parsed);
  const choices = chunks.flatMap((chunk) => (typeof chunk === "string" ? [] : (chunk.choices ?? [])));
  return {
    content: choices.map(({ delta }) => delta?.content ?? "").join(""),
    reasoning: choices.map(({ delta }) => delta?.reasoning_content ?? "").join(""),
    finishReason:
      choices.findLast(({ finish_reason: reason }) => typeof reason === "string")?.finish_reason ?? null,
    chunks,
    isDone: data.at(-1) === "[DONE]",
  };
}

function parsed(data: string): WireChunk | string {
  try {
    const json: unknown = JSON.parse(data);
    return typeof json === "object" && json !== null ? json : data;
  } catch {
    return data;
  }
}
