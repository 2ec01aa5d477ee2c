import { severities } from '@nootropic/core'
import { allowedGlobals } from './allowed-globals.ts'
import { dangerousGlobals } from './dangerous-globals.ts'
import type { AllowedGroup, ArgumentRule, DangerousGroup } from './globals.ts'
import { python3NameOf } from './python2-names.ts'

/** What decides over the names of a pickle. */
export interface GlobalTables {
  readonly allowed: readonly AllowedGroup[]
  readonly dangerous: readonly DangerousGroup[]
  /** A package whose classes the file brings along: its loader makes them of that code, and imports nothing. */
  readonly carriedPackage?: string
}

/** The reviewed tables. */
export const globalTables: GlobalTables = { allowed: allowedGlobals, dangerous: dangerousGlobals }

/** What a name is. What no table has is unknown, and refused (default deny). */
export type Judgement =
  | { readonly verdict: 'allowed'; readonly rule: ArgumentRule }
  | { readonly verdict: 'dangerous'; readonly group: DangerousGroup }
  | { readonly verdict: 'unknown' }

interface Index {
  readonly allowed: ReadonlyMap<string, ArgumentRule>
  readonly dangerous: ReadonlyMap<string, readonly DangerousGroup[]>
}

const indexes = new WeakMap<GlobalTables, Index>()

const keyOf = (module: string, name: string): string => `${module}\n${name}`

const indexOf = (tables: GlobalTables): Index => {
  const known = indexes.get(tables)
  if (known !== undefined) return known
  const allowed = new Map<string, ArgumentRule>()
  for (const group of tables.allowed) {
    for (const name of group.names) allowed.set(keyOf(group.module, name), group.arguments)
  }
  const dangerous = new Map<string, DangerousGroup[]>()
  for (const group of tables.dangerous) {
    dangerous.set(group.module, [...(dangerous.get(group.module) ?? []), group])
  }
  const index = { allowed, dangerous }
  indexes.set(tables, index)
  return index
}

const dangerOf = (index: Index, module: string, name: string): DangerousGroup | undefined => {
  // `os.system` may be written as module `os` and name `system.__call__`, or as module `torch` and `serialization.os.system`.
  const [first = '', ...others] = name.split('.')
  const matches: DangerousGroup[] = []
  const parts = module.split('.')
  for (let length = parts.length; length > 0; length -= 1) {
    for (const group of index.dangerous.get(parts.slice(0, length).join('.')) ?? []) {
      if (length < parts.length && !group.withSubmodules) continue
      if (group.names === undefined || group.names.includes(name) || group.names.includes(first)) matches.push(group)
    }
  }
  if (others.length > 0) {
    const inner = dangerOf(index, `${module}.${first}`, others.join('.')) ?? dangerOf(index, first, others.join('.'))
    if (inner !== undefined) matches.push(inner)
  }
  return matches.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))[0]
}

/** A longer path of attributes is no name of anything; each dot doubles the places to look at (CWE-400). */
const maximumDots = 8

const identifier = /^[A-Za-z_]\w*$/

const isCarried = ({ carriedPackage }: GlobalTables, module: string, name: string): boolean =>
  carriedPackage !== undefined && `${module}.`.startsWith(`${carriedPackage}.`) && identifier.test(name)

/**
 * Judges a name as CPython resolves it: a pickle of a protocol below 3 has its Python 2 names renamed, which a loader can
 * turn off, so danger counts under both names.
 */
export const judge = (tables: GlobalTables, module: string, name: string, protocol: number): Judgement => {
  const index = indexOf(tables)
  const renamed = python3NameOf(module, name)
  const isTooDeep = name.split('.').length > maximumDots
  const group = isTooDeep ? undefined : (dangerOf(index, module, name) ?? dangerOf(index, ...renamed))
  const rule =
    index.allowed.get(protocol < 3 ? keyOf(...renamed) : keyOf(module, name)) ??
    (isCarried(tables, module, name) ? 'carried' : undefined)
  // A table of dangers names whole modules; what the reviewed table allows of one is exempt.
  if (group !== undefined && (rule === undefined || group.names !== undefined)) return { verdict: 'dangerous', group }
  return rule === undefined ? { verdict: 'unknown' } : { verdict: 'allowed', rule }
}
