/** What commands throw when the configuration is incomplete or does not fit what is asked for. */

/** A configuration that the command cannot work with. The message says what to set, in English and Chinese. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";

  constructor(en: string, zh: string) {
    super(`${en}\n${zh}`);
  }
}
