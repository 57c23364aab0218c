/**
 * A second, optional Worker that makes the calls of language models from a place that their provider serves: OpenAI and
 * Gemini refuse Hong Kong, where WeChat's pushes often arrive. It has no address of its own: only a Worker that is bound
 * to it can call it, so that nobody else's keys or calls pass here.
 *
 * Deployed by `npm run deploy:model`, bound by the commented lines in the wrangler.toml above.
 */
export default {
  /** Makes the call that it is given, as it is. */
  fetch(request: Request): Promise<Response> {
    return fetch(request);
  },
};
