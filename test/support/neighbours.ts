/** Neighbours of the Worker that fail: each stands in a variable of the same name, in front of the real binding. */
import { env } from "cloudflare:workers";
import { pause } from "./waiting.ts";

type Namespace = Cloudflare.Env["CONVERSATIONS"];
type Stub = ReturnType<Namespace["get"]>;
type Method = "receive" | "ask";

/** What becomes of one call of the object. */
export type CallFault = (call: () => Promise<unknown>) => Promise<unknown>;

/** Never answers, and never calls. */
export const hangs = (): Promise<never> => new Promise(() => {});

/** Fails as the runtime does. */
export function throwing(flags: { retryable?: true; overloaded?: true } = {}): () => Promise<never> {
  return () => Promise.reject(Object.assign(new Error("a fault that a test ordered"), flags));
}

/** Does what it was asked to do, but tells nobody for so long. */
export function late(ms: number): CallFault {
  return async (call) => {
    const result = await call();
    await pause(ms);
    return result;
  };
}

/** Does what it was asked to do, and fails then. */
export const failsAfterwards: CallFault = async (call) => {
  await call();
  throw new Error("a fault that a test ordered");
};

/** The conversations' namespace as a Worker sees it, with faults in its calls; it counts them. */
export class Conversations {
  readonly calls: Record<Method, number> = { receive: 0, ask: 0 };
  readonly #fault: (method: Method, n: number) => CallFault | undefined;

  /** @param fault the fault of the `n`-th call (from 1) of a method, if it has one */
  constructor(fault: (method: Method, n: number) => CallFault | undefined = () => undefined) {
    this.#fault = fault;
  }

  /** What `ingress/` calls of a namespace, and no more. */
  get binding(): object {
    const { CONVERSATIONS: real } = env;
    return {
      idFromName: (name: string) => real.idFromName(name),
      get: (id: DurableObjectId, options?: DurableObjectNamespaceGetDurableObjectOptions) => {
        const stub = real.get(id, options);
        return {
          receive: (call: Parameters<Stub["receive"]>[0]) => this.#made("receive", () => stub.receive(call)),
          ask: (call: Parameters<Stub["ask"]>[0]) => this.#made("ask", () => stub.ask(call)),
        };
      },
    };
  }

  #made(method: Method, call: () => Promise<unknown>): Promise<unknown> {
    const fault = this.#fault(method, ++this.calls[method]);
    return fault ? fault(call) : call();
  }
}

/** A binding that fails in one way, whatever is asked of it; it counts that. */
export class Broken {
  /** How often it was used. */
  uses = 0;
  /** KV, a queue, a limit: every method of it fails. */
  readonly binding: object;
  /** A namespace: every method of its objects fails. */
  readonly namespace: object;

  constructor(fault: () => Promise<unknown>) {
    const use = (): Promise<unknown> => {
      this.uses++;
      return fault();
    };
    this.binding = new Proxy({}, { get: () => use });
    const stub = (): object => this.binding;
    this.namespace = { idFromName: (name: string) => name, get: stub, getByName: stub };
  }
}
