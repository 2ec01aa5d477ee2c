import type { Part } from '../inspection.ts'
import type { Sighting } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { BrokenPickle, limitReached, truncated } from './broken-pickle.ts'
import { Effort, effortSpent } from './effort.ts'
import type { ImportedName } from './import-ledger.ts'
import type { ForeignData } from './joblib-arrays.ts'
import { type GlobalTables, globalTables } from './judgement.ts'
import { Machine } from './machine/machine.ts'
import { runMachine } from './machine/run-machine.ts'
import { mayImport } from './may-import.ts'
import { unwrapPayload } from './payload.ts'
import { sightingOfPayload } from './payload-sighting.ts'
import type { PickleRun } from './pickle-run.ts'
import { Policy } from './policy.ts'
import { actsPlausibly, isRefused, namesOf, tellImports } from './refused-imports.ts'
import { pickleRules } from './rules.ts'
import { SightingLog } from './sighting-log.ts'

/** How a pickle is run. */
export interface RunOptions {
  /** The names that are allowed and dangerous; the reviewed tables unless a test has its own. */
  readonly tables?: GlobalTables
  /** Is called now and then, and may throw. */
  readonly checkTime?: () => void
  /** Stops after so many opcodes. */
  readonly maximumOperations?: number
  /** How many pickles this one stands in. */
  readonly depth?: number
  /** What may be done beside running its opcodes. */
  readonly effort?: Effort
  /** Whether its loader reads the arrays of joblib; to any other their bytes are opcodes. */
  readonly knowsJoblib?: boolean
}

/** Pickles inside pickles are followed so far (CWE-674). */
const maximumDepth = 4
/** A pickle inside a text or bytes is followed so far. */
const nestedOperations = 2 ** 20
/** Refused names that are kept of the pickles in arrays of objects. */
const maximumInnerImports = 64
/** What it costs to look at how a text or bytes begin. */
const operationsPerLook = 32
/** What it costs to begin a run, in opcodes. */
export const operationsPerRun = 128
/** The bytes of an array are followed as opcodes so far: random ones end after a few. */
const foreignOperations = 2 ** 12

/** Runs the pickle that begins at `offset`, without loading anything, and judges what loading it would do. */
export const runPickle = (content: ByteSource, offset: number, options: RunOptions = {}): PickleRun => {
  const { tables = globalTables, checkTime = () => {}, depth = 0, knowsJoblib = true } = options
  const { effort = new Effort().allow(content), maximumOperations = Number.POSITIVE_INFINITY } = options
  const log = new SightingLog()
  const innerImports: ImportedName[] = []
  const innerParts: Part[] = []
  let innerOperations = 0
  const runInner = (innerContent: ByteSource, at: number, changed: Partial<RunOptions>): PickleRun =>
    runPickle(innerContent, at, { tables, checkTime, effort, depth: depth + 1, ...changed })
  /** Runs what need not be a part of this pickle. */
  const tryInner = (
    innerContent: ByteSource,
    at: number,
    maximum: number,
    changed: Partial<RunOptions> = {},
  ): PickleRun => {
    const run = runInner(innerContent, at, { ...changed, maximumOperations: Math.min(maximum, effort.left) })
    effort.take(operationsPerRun + run.operations)
    return run
  }

  const payload = (bytes: ByteSource): Sighting | undefined => {
    if (depth >= maximumDepth) return undefined
    const found = effort.take(operationsPerLook) ? unwrapPayload(bytes, effort) : undefined
    return found && sightingOfPayload(found, (pickle) => tryInner(pickle, 0, nestedOperations))
  }

  const machine = new Machine(content, offset, effort, (itself) => {
    const foreign = (data: ForeignData, at: number): void => {
      if (!knowsJoblib) return
      const start = itself.input.offset
      if (data.kind === 'unknown') throw limitReached('the length of an array of joblib is not known')
      if (data.kind === 'bytes') {
        if (data.length > itself.input.left) throw truncated()
        // To a loader that does not know joblib the same bytes are opcodes.
        const asOpcodes = mayImport(content, start, effort)
          ? tryInner(content, start, foreignOperations, { knowsJoblib: false })
          : undefined
        if (asOpcodes !== undefined && actsPlausibly(asOpcodes)) {
          const message = `expected the numbers of an array, found a pickle that imports ${namesOf(asOpcodes)}`
          log.tell(pickleRules['nested-pickle'], at, message)
        }
        itself.skipForeign(data.length)
        return
      }
      if (depth >= maximumDepth) throw limitReached(`more than ${maximumDepth} pickles inside one another`)
      const run = runInner(content, start, { maximumOperations: maximumOperations - innerOperations })
      innerOperations += run.operations
      log.absorb(run.log)
      innerParts.push(...run.parts)
      if (innerImports.length < maximumInnerImports) innerImports.push(...run.imports.filter(isRefused))
      if (run.end.kind !== 'stop')
        throw new BrokenPickle(run.end.kind === 'paused' ? 'limit' : run.end.kind, run.end.message)
      itself.skipForeign(run.end.offset - start)
    }
    return new Policy(itself, { tables, log, payload, foreign })
  })
  const end = runMachine(machine, checkTime, maximumOperations)
  const { known, inner } = machine.observer
  const imports = known.imports.names
  tellImports(imports, log)
  for (const { rule, message, offset = 0, ...more } of inner.payloads.values()) log.tell(rule, offset, message, more)
  if (known.code.firstAt !== undefined) {
    const message = 'expected no code, found functions that loading makes and does not call'
    log.tell(pickleRules['carries-code'], known.code.firstAt, message)
    log.incomplete('carries Python functions whose code was not judged')
  }
  if (effort.isSpent) log.incomplete(effortSpent)
  return {
    end,
    operations: machine.operations + innerOperations,
    log,
    imports: [...imports, ...innerImports],
    parts: [...inner.parts, ...innerParts],
    arrays: known.arrays.count,
  }
}
