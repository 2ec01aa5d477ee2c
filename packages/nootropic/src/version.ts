import { createRequire } from 'node:module'

/** The version of this package. It stands beside what is built as beside the sources. */
export const { version } = createRequire(import.meta.url)('../package.json') as { version: string }
