import type { Inspection } from '../inspection.ts'
import { type ByteSource, partOf } from '../source.ts'
import { opcodeOf } from './opcodes.ts'
import { isInReadRange, rememberRange } from './read-ranges.ts'
import { actsPlausibly } from './refused-imports.ts'
import { runPickle } from './run-pickle.ts'

/** A first name stands near the front; random bytes end sooner. */
const operationsToFirstImport = 2 ** 12
/** What stands behind is told of as far as this. */
const maximumOperations = 2 ** 20

/** What it costs to begin a run, in opcodes. */
const operationsPerRun = 128
/** What a look at the first bytes costs. */
const operationsPerTry = 2

const window = 256

const operandWidths = { none: 0, u1: 1, u2: 2, u4: 4, u8: 8, i4: 4, f8: 8 } as const
const lengthWidths = { 'length-u1': 1, 'length-u4': 4, 'length-i4': 4, 'length-u8': 8 } as const

const stop = 0x2e
const imports: ReadonlySet<number> = new Set([0x63, 0x69, 0x93])

/** Whether opcodes lead to an import, or on beyond the next bytes: far cheaper than a machine, for places by the million. */
const mayImport = (content: ByteSource, offset: number): boolean => {
  const bytes = content.read(offset, window)
  let at = 0
  while (at < bytes.length) {
    const code = bytes[at] as number
    const opcode = opcodeOf[code]
    if (opcode === undefined || code === stop) return false
    if (imports.has(code)) return true
    at += 1
    const shape = opcode.argument
    if (shape in operandWidths) at += operandWidths[shape as keyof typeof operandWidths]
    else if (shape in lengthWidths) {
      const width = lengthWidths[shape as keyof typeof lengthWidths]
      let length = 0
      for (let index = width - 1; index >= 0; index -= 1) length = length * 256 + (bytes[at + index] ?? 0)
      at += width + length
    } else at = bytes.indexOf(0x0a, at) + 1 || bytes.length
  }
  return bytes.length === window && offset + at < content.size
}

/**
 * How much the tries of one sweep may cost. Pickles that stand side by side cost what a run over the content does; places
 * that each lead through the next would cost its square (CWE-407).
 */
export class SweepAllowance {
  #operations: number
  #isTold = false

  constructor(size: number) {
    this.#operations = 2 ** 22 + 2 * size
  }

  /** Whether there is something left; tells once that there is not. */
  isLeft(inspection: Inspection): boolean {
    if (this.#operations > 0) return true
    if (!this.#isTold) inspection.incomplete('not every place where a pickle may begin was tried: there are too many')
    this.#isTold = true
    return false
  }

  take(operations: number): void {
    this.#operations -= operations
  }
}

/**
 * Reads the pickle that begins at `offset` of a content that is no pickle as a whole, and reports what it would do.
 * Answers whether there is one: bytes that CPython would follow to an import or a call.
 */
export const checkPickleAt = (
  content: ByteSource,
  offset: number,
  inspection: Inspection,
  allowance?: SweepAllowance,
): boolean => {
  if (allowance?.isLeft(inspection) === false) return false
  allowance?.take(operationsPerTry)
  if (!mayImport(content, offset)) return false
  if (isInReadRange(content, offset)) return true
  const carved = partOf(content, offset, content.size - offset)
  const checkTime = (): void => inspection.budget.checkTime()
  const trial = runPickle(carved, 0, { checkTime, maximumOperations: operationsToFirstImport })
  allowance?.take(operationsPerRun + trial.operations)
  if (!actsPlausibly(trial)) return false
  const run = trial.end.kind === 'paused' ? runPickle(carved, 0, { checkTime, maximumOperations }) : trial
  if (run !== trial) allowance?.take(operationsPerRun + run.operations)
  const { log, end } = run
  rememberRange(carved, 0, end.offset)
  for (const sighting of log.sightings) {
    inspection.report({ ...sighting, offset: offset + (sighting.offset ?? 0), inside: `pickle at ${offset}` })
  }
  for (const reason of log.reasons) inspection.incomplete(reason)
  return true
}
