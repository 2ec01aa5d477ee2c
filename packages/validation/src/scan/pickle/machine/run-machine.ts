import { type BreakKind, BrokenPickle } from '../broken-pickle.ts'
import type { Machine } from './machine.ts'
import { operationOf } from './operations.ts'

/** How the run of a pickle ended. */
export interface PickleEnd {
  readonly kind: 'stop' | 'paused' | BreakKind
  /** Behind STOP, or of the opcode that broke. */
  readonly offset: number
  readonly message: string
}

const stop = 0x2e

/** Between two looks at the clock. */
const operationsBetweenChecks = 2 ** 16

const finish = (machine: Machine, at: number): PickleEnd => {
  machine.stack.pop()
  const { offset } = machine.input
  if (machine.frameEnd !== Number.POSITIVE_INFINITY && machine.frameEnd !== offset) {
    machine.observer.odd('frame-straddle', at, 'a STOP that does not end its frame')
  }
  return { kind: 'stop', offset, message: 'STOP' }
}

/**
 * Runs a pickle as CPython's C unpickler reads it (Modules/_pickle.c of 3.11 and later), with values that only say what
 * they are. Where CPython's own two unpicklers differ, it follows the one that goes on.
 *
 * @param checkTime is called now and then.
 * @param maximumOperations pauses the run after so many opcodes.
 */
export const runMachine = (machine: Machine, checkTime: () => void, maximumOperations: number): PickleEnd => {
  const { input } = machine
  let at = input.offset
  let operations = 0
  try {
    for (;;) {
      if (operations >= maximumOperations) return { kind: 'paused', offset: at, message: 'paused' }
      if (operations % operationsBetweenChecks === 0) checkTime()
      const code = input.next()
      if (code === stop) return finish(machine, at)
      const operation = operationOf[code]
      if (operation === undefined) {
        if (code < 0) throw new BrokenPickle('truncated', 'the bytes end without STOP')
        throw new BrokenPickle('unknown-opcode', `0x${code.toString(16).padStart(2, '0')} is no opcode`)
      }
      operation(machine, at)
      operations += 1
      const end = input.offset
      if (end >= machine.frameEnd) machine.leaveFrame(at)
      at = end
    }
  } catch (error) {
    if (!(error instanceof BrokenPickle)) throw error
    // A line that crosses the end of its frame is another line to CPython, which may not break.
    if (input.offset > machine.frameEnd) machine.leaveFrame(at)
    return { kind: error.kind, offset: at, message: error.message }
  } finally {
    machine.operations += operations
  }
}
