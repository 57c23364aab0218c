/** The simulator's own interface to its platform side, as a test uses it. */
import { objectOf, type SimulatedApi } from "./simulated-account.ts";

/** The answer of the control API of `default`. */
export async function control(
  api: SimulatedApi,
  method: "GET" | "POST" | "DELETE",
  what: string,
  body?: object,
): Promise<Readonly<Record<string, unknown>>> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  return objectOf(await api.request(`/api/platform/default/${what}`, init));
}

/** The recorded calls of `default`, oldest first; asking for a token is left out. */
export async function callsOf(api: SimulatedApi): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { calls } = await control(api, "GET", "calls");
  if (!Array.isArray(calls)) throw new Error("no calls");
  return calls.filter((call: Readonly<Record<string, unknown>>) => call["path"] !== "/cgi-bin/stable_token");
}

/** What stands on a phone. */
export async function timelineOf(
  api: SimulatedApi,
  openid: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { timeline } = await objectOf(await api.request(`/api/phone/default/${openid}`));
  if (!Array.isArray(timeline)) throw new Error("no timeline");
  return timeline;
}

/** Promises by and by are not under the test's clock: lets all that is under way come to its end. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
}
