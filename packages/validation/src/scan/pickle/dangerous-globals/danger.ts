import type { Severity } from '@nootropic/core'
import type { DangerousGroup } from '../globals.ts'

/** What a group of names does, once for all its modules. */
interface Danger {
  readonly does: string
  readonly severity?: Severity
  readonly tags: readonly string[]
}

/** Names by module in one text; `*` stands for all of a module and its submodules. */
export const danger = (
  { does, severity = 'critical', tags }: Danger,
  modules: Readonly<Record<string, string>>,
): DangerousGroup[] =>
  Object.entries(modules).map(([module, text]) => ({
    module,
    withSubmodules: text === '*',
    ...(text === '*' ? {} : { names: text.trim().split(/\s+/) }),
    severity,
    does,
    tags,
  }))
