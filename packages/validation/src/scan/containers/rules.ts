import { entryRules } from './entry-rules.ts'
import { streamRules } from './streams/rules.ts'
import { tarRules } from './tar/rules.ts'
import { zipRules } from './zip/rules.ts'

/** What an archive or a compressed stream hides. */
export const containerRules = { ...entryRules, ...zipRules, ...tarRules, ...streamRules }
