import { textSchema } from './text.ts'

const character = '[^\\p{Cc}$]'
const variable = '\\$\\{env:[A-Za-z_][A-Za-z0-9_]*\\}'

/**
 * A path as it is written; {@link resolvePath} expands it. Only `~/` at the start and `${env:NAME}` have a meaning, so
 * that a `$HOME` or `~user` which another program would expand is an error and not a strange file name.
 */
export const pathSchema = textSchema(
  new RegExp(`^(~|~/(${character}|${variable})*|([^\\p{Cc}$~]|${variable})(${character}|${variable})*)$`, 'u'),
  `expected a path, such as ./reports, ~/.nootropic/models or \${env:NAME}/models (no other use of $ or ~user)`,
)
