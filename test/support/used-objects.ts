/**
 * The objects that a test has used. `reset` passes over those that were evicted or aborted: what they keep would meet
 * the next test.
 */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

type Namespace = DurableObjectNamespace;

const used = new Map<Namespace, Map<string, DurableObjectId>>();

function note(namespace: Namespace, stub: DurableObjectStub): void {
  const ids = used.get(namespace) ?? new Map<string, DurableObjectId>();
  used.set(namespace, ids.set(String(stub.id), stub.id));
}

/** From now on it is noted which objects are used; all namespaces have their methods in common. */
export function noteUsedObjects(): void {
  const prototype: Namespace = Object.getPrototypeOf(env.CONVERSATIONS);
  const get: Namespace["get"] = Reflect.get(prototype, "get");
  const getByName: Namespace["getByName"] = Reflect.get(prototype, "getByName");
  prototype.get = function (this: Namespace, ...args) {
    const stub = get.apply(this, args);
    note(this, stub);
    return stub;
  };
  prototype.getByName = function (this: Namespace, ...args) {
    const stub = getByName.apply(this, args);
    note(this, stub);
    return stub;
  };
}

/** Wakes the objects that were used since the last time. */
export async function wakeUsedObjects(): Promise<void> {
  const stubs = [...used].flatMap(([namespace, ids]) => [...ids.values()].map((id) => namespace.get(id)));
  await Promise.all(stubs.map((stub) => runInDurableObject(stub, () => {})));
  used.clear();
}
