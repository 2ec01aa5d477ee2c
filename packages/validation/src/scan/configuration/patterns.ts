import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { configurationRules } from './rules.ts'
import { type Entry, placeOf } from './walk.ts'

/** Expressions of tokenizers have a few hundred characters. */
const maximumPatternLength = 1 << 14

/** An alternative of a group: parts that must be there once, parts that must be there, parts that repeat without bound. */
interface Branch {
  single: number
  needed: number
  repeated: number
}

const emptyBranch = (): Branch => ({ single: 0, needed: 0, repeated: 0 })

const isAmbiguousBranch = ({ single, needed, repeated }: Branch): boolean => repeated > 0 && single === 0 && needed <= 1

interface Quantifier {
  readonly length: number
  readonly isOptional: boolean
  readonly isUnbounded: boolean
}

const quantifierAt = (pattern: string, at: number): Quantifier => {
  const [found = ''] = /^(?:[*+?]|\{\d{0,6},?\d{0,6}\})[?+]?/.exec(pattern.slice(at, at + 20)) ?? []
  // A possessive repetition gives nothing back, and so cannot backtrack.
  const isPossessive = found.length > 1 && found.endsWith('+')
  return {
    length: found.length,
    isOptional: /^(?:[*?]|\{0?,)/.test(found),
    isUnbounded: !isPossessive && /^(?:[*+]|\{\d*,\})/.test(found),
  }
}

const skipClass = (pattern: string, at: number): number => {
  let depth = 0
  for (let index = at; index < pattern.length; index += 1) {
    if (pattern[index] === '\\') index += 1
    else if (pattern[index] === '[') depth += 1
    else if (pattern[index] === ']') {
      depth -= 1
      if (depth === 0) return index + 1
    }
  }
  return pattern.length
}

const skipEscape = (pattern: string, at: number): number =>
  at +
  (/^\\(?:[pP]\{[^}]{0,60}\}|x\{[^}]{0,10}\}|u[0-9a-fA-F]{4}|.)/su.exec(pattern.slice(at, at + 70))?.[0].length ?? 1)

/**
 * Whether a group that repeats without bound can match the same text in many ways: one of its alternatives is nothing
 * but one part that repeats without bound, with optional parts around it, as in `(\s?\w+)+`.
 */
export const backtracksWithoutBound = (pattern: string): boolean => {
  const open: { branches: Branch[]; isAtomic: boolean }[] = [{ branches: [emptyBranch()], isAtomic: false }]
  for (let at = 0; at < pattern.length; ) {
    const character = pattern[at]
    const group = open.at(-1)
    if (group === undefined) return false
    if (character === '(') {
      const [head = '('] = /^\((?:\?(?:[a-z-]{0,8}:|[=!>]|<[=!]|P?<\w{1,40}>))?/i.exec(pattern.slice(at, at + 60)) ?? []
      open.push({ branches: [emptyBranch()], isAtomic: /[=!>]$/.test(head) && head.length > 1 && !/<\w+>$/.test(head) })
      at += head.length
      continue
    }
    if (character === '|') {
      group.branches.push(emptyBranch())
      at += 1
      continue
    }
    let isAmbiguous = false
    let isZeroWidth = character === '^' || character === '$'
    if (character === ')') {
      at += 1
      if (open.length === 1) continue
      open.pop()
      isZeroWidth = group.isAtomic
      isAmbiguous = !group.isAtomic && group.branches.some(isAmbiguousBranch)
    } else if (character === '\\') at = skipEscape(pattern, at)
    else if (character === '[') at = skipClass(pattern, at)
    else at += 1
    const quantifier = quantifierAt(pattern, at)
    at += quantifier.length
    if (isAmbiguous && quantifier.isUnbounded) return true
    const branch = open.at(-1)?.branches.at(-1)
    if (branch === undefined || isZeroWidth) continue
    // What is ambiguous when it is repeated is so as well behind another pair of brackets.
    const isRepeated = quantifier.isUnbounded || isAmbiguous
    if (isRepeated) branch.repeated += 1
    if (quantifier.isOptional) continue
    branch.needed += 1
    if (!isRepeated) branch.single += 1
  }
  return false
}

/** Looks at an expression that a tokenizer runs over every prompt. */
export const checkPattern = ({ value, path }: Entry, inspection: Inspection): void => {
  if (typeof value !== 'string' || value.length > maximumPatternLength || !backtracksWithoutBound(value)) return
  inspection.report({
    rule: configurationRules['backtracking-pattern'],
    message: `expected an expression of linear time, found ${printable(value)} with a repetition inside a repetition`,
    inside: placeOf(path),
    evidence: { pattern: printable(value) },
  })
}
