import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { containerRules } from './rules.ts'

const absolute = /^(?:[/\\]|[A-Za-z]:)/
/** Bytes from 0x80 to 0x9f are letters of the old code pages of zip. */
const deceptive = /[^\P{Cc}\x80-\x9f]|[\p{Bidi_Control}\u200B\uFEFF]/u

/** What Python runs or imports by itself. A `.pth` file is that too in its place; elsewhere it is a checkpoint. */
const runsItself = /^(?:__main__\.py|(?:.*\/)?(?:sitecustomize|usercustomize)\.py)$/

/** Whether a path climbs out of the directory that it starts in. */
const climbs = (path: string): boolean => {
  let depth = 0
  for (const part of path.split(/[/\\]/)) {
    if (part === '..') depth -= 1
    else if (part !== '' && part !== '.') depth += 1
    if (depth < 0) return true
  }
  return false
}

/** Whether a name leads outside the directory that it is unpacked into. */
const leadsOutside = (name: string): boolean => absolute.test(name) || climbs(name)

/** Looks at the name of an entry: where it would be written, and whether it reads as what it is. */
export const checkEntryName = (name: string, inspection: Inspection, offset?: number): void => {
  const shown = printable(name)
  if (leadsOutside(name)) {
    inspection.report({
      rule: containerRules['entry-outside'],
      message: `expected a name inside the archive, found ${shown}`,
      offset,
      evidence: { name: shown },
    })
  } else if (name.includes('\\')) {
    inspection.report({
      rule: containerRules['entry-backslash'],
      message: `expected directories separated by /, found ${shown}`,
      offset,
      evidence: { name: shown },
    })
  }
  if (deceptive.test(name)) {
    inspection.report({
      rule: containerRules['entry-name-deceptive'],
      message: `expected a printable name, found ${shown}`,
      offset,
      evidence: { name: JSON.stringify(name.slice(0, 100)) },
    })
  }
  if (runsItself.test(name)) {
    inspection.report({
      rule: containerRules['entry-runs-itself'],
      message: `expected no program that starts by itself, found ${shown}`,
      offset,
      evidence: { name: shown },
    })
  }
}

/** A link in an archive. */
export interface ArchiveLink {
  readonly name: string
  readonly target: string
  /** The target of a hard link is a name in the archive, that of a symbolic one a path from where it stands. */
  readonly isHard: boolean
}

/** Looks at where a link in an archive leads. */
export const checkLink = (link: ArchiveLink, inspection: Inspection, offset?: number): void => {
  const directory = link.isHard ? '' : link.name.slice(0, link.name.lastIndexOf('/') + 1)
  const isOutside = absolute.test(link.target) || climbs(`${directory}${link.target}`)
  const evidence = { name: printable(link.name), target: printable(link.target) }
  inspection.report({
    rule: containerRules[isOutside ? 'link-outside' : 'link-inside'],
    message: `expected no link out of the archive, found ${evidence.name} that leads to ${evidence.target}`,
    offset,
    evidence,
  })
}

/** Watches for names that more than one entry has. */
export interface NameLedger {
  take(name: string, inspection: Inspection, offset?: number): void
}

/** A ledger of the names of one archive. */
export const createNameLedger = (): NameLedger => {
  const folded = new Map<string, string>()
  return {
    take(name, inspection, offset) {
      // Directories are written again by every tool that adds to an archive.
      if (name.endsWith('/')) return
      const key = name.toLowerCase()
      const known = folded.get(key)
      folded.set(key, name)
      if (known === undefined) return
      const rule = known === name ? containerRules['entry-twice'] : containerRules['entry-twice-by-case']
      const message =
        known === name
          ? `expected every name once, found ${printable(name)} again`
          : `expected names that differ in more than case, found ${printable(known)} and ${printable(name)}`
      inspection.report({ rule, message, offset, evidence: { first: printable(known), second: printable(name) } })
    },
  }
}
