/** The one type of the Workers runtime that src/config.ts names; the command line runs in Node and loads no others. */
type DurableObjectLocationHint = string;
