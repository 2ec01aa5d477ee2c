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
  /** How many parts the longest of the dangerous modules has. */
  readonly dangerousDepth: number
  readonly judged: Map<string, Judgement>
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
  const dangerousDepth = Math.max(0, ...[...dangerous.keys()].map((module) => module.split('.').length))
  const index = { allowed, dangerous, dangerousDepth, judged: new Map<string, Judgement>() }
  indexes.set(tables, index)
  return index
}

const isWorse = (one: DangerousGroup, other: DangerousGroup): boolean =>
  severities.indexOf(one.severity) < severities.indexOf(other.severity)

/** The worst danger of a name whose path begins with `first`, in a module of these parts. */
const dangerIn = (index: Index, module: readonly string[], first: string, name: string): DangerousGroup | undefined => {
  let worst: DangerousGroup | undefined
  for (let length = Math.min(module.length, index.dangerousDepth); length > 0; length -= 1) {
    for (const group of index.dangerous.get(module.slice(0, length).join('.')) ?? []) {
      if (length < module.length && !group.withSubmodules) continue
      if (group.names !== undefined && !group.names.includes(name) && !group.names.includes(first)) continue
      if (worst === undefined || isWorse(group, worst)) worst = group
    }
  }
  return worst
}

/**
 * The worst danger of a name. `os.system` may be written as module `os` and name `system.__call__`, or as module `torch` and
 * name `serialization.os.system`: the module may begin with any part of the path, and end before any later one.
 */
const dangerOf = (index: Index, module: string, name: string): DangerousGroup | undefined => {
  const path = name.split('.')
  let worst: DangerousGroup | undefined
  for (let start = -1; start < path.length - 1; start += 1) {
    const outer = start < 0 ? module.split('.', index.dangerousDepth + 1) : []
    for (let end = Math.max(start + 1, 0); end < path.length; end += 1) {
      const parts = [...outer, ...path.slice(Math.max(start, 0), end)]
      const danger = dangerIn(index, parts, path[end] ?? '', path.slice(end).join('.'))
      if (danger !== undefined && (worst === undefined || isWorse(danger, worst))) worst = danger
    }
  }
  return worst
}

/** A longer path of attributes is no name of anything; each dot adds as many places to look at as there are (CWE-407). */
const maximumDots = 8

const identifier = /^[A-Za-z_]\w*$/

const isCarried = ({ carriedPackage }: GlobalTables, module: string, name: string): boolean =>
  carriedPackage !== undefined && `${module}.`.startsWith(`${carriedPackage}.`) && identifier.test(name)

const judgeAnew = (index: Index, tables: GlobalTables, module: string, name: string, isRenamed: boolean): Judgement => {
  const renamed = python3NameOf(module, name)
  const isSame = renamed[0] === module && renamed[1] === name
  const isTooDeep = name.split('.').length > maximumDots
  const group = isTooDeep
    ? undefined
    : (dangerOf(index, module, name) ?? (isSame ? undefined : dangerOf(index, ...renamed)))
  const rule =
    index.allowed.get(isRenamed ? keyOf(...renamed) : keyOf(module, name)) ??
    (isCarried(tables, module, name) ? 'carried' : undefined)
  // A table of dangers names whole modules; what the reviewed table allows of one is exempt.
  if (group !== undefined && (rule === undefined || group.names !== undefined)) return { verdict: 'dangerous', group }
  return rule === undefined ? { verdict: 'unknown' } : { verdict: 'allowed', rule }
}

/** Judgements that are kept of one table, and the longest key: the same few names are in all files. */
const maximumJudged = 2 ** 12
const longestJudged = 256

/**
 * Judges a name as CPython resolves it: a pickle of a protocol below 3 has its Python 2 names renamed, which a loader can
 * turn off, so danger counts under both names.
 */
export const judge = (tables: GlobalTables, module: string, name: string, protocol: number): Judgement => {
  const index = indexOf(tables)
  const isRenamed = protocol < 3
  const key = `${isRenamed}\n${keyOf(module, name)}`
  const known = index.judged.get(key)
  if (known !== undefined) return known
  const judgement = judgeAnew(index, tables, module, name, isRenamed)
  if (index.judged.size >= maximumJudged) index.judged.clear()
  if (key.length <= longestJudged) index.judged.set(key, judgement)
  return judgement
}
