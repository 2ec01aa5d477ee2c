import { setImmediate } from 'node:timers/promises'
import type { Inspection } from '../inspection.ts'
import { effortOf } from '../pickle/effort.ts'
import { checkPickleAt } from '../pickle/nested.ts'
import { type ByteSource, partOf, readInto } from '../source.ts'
import { createPairSweep, type PairSweep } from './byte-pairs.ts'
import { type Marked, markedAt, markedWindow, markers } from './markers.ts'
import { programHeaderLength, recogniseProgram } from './program-header.ts'
import { embeddedRules } from './rules.ts'

/** Archives that are entered; more of them in one content is a container that no format knows (CWE-770). */
const maximumArchives = 16

/** So many chunks are swept before others of this thread have their turn. */
const chunksPerTurn = 256

let compiled: PairSweep | undefined
const pairSweep = (): PairSweep => {
  compiled ??= createPairSweep(markers.map(({ pair }) => pair))
  return compiled
}

/** What may begin at a place of a content. */
interface Candidate {
  readonly kind: Marked
  readonly offset: number
}

/** What may begin in the chunk at `start`: every place is checked by the bytes around it. */
const sweepChunk = (content: ByteSource, start: number): Candidate[] => {
  const pairs = pairSweep()
  const length = readInto(content, pairs.bytes, start)
  const found: Candidate[] = []
  for (const position of pairs.find(length)) {
    const isInside = position >= markedWindow.before && position + markedWindow.after <= length
    const from = isInside ? start : Math.max(0, start + position - markedWindow.before)
    const bytes = isInside ? pairs.bytes : content.read(from, markedWindow.before + markedWindow.after)
    const marked = markedAt(bytes, start + position - from)
    if (marked !== undefined) found.push({ kind: marked.kind, offset: from + marked.at })
  }
  return found
}

/** What the readers of the content have looked at already. */
export interface KnownContent {
  /** Whether it is an archive, whose entries were entered. */
  readonly isContainer: boolean
  /** Where pickles begin that were read. */
  readonly pickles: ReadonlySet<number>
}

/** Sweeps a content for programs, archives and pickles that stand anywhere in it. */
export const checkEmbedded = async (
  content: ByteSource,
  inspection: Inspection,
  known: KnownContent,
): Promise<void> => {
  let archives = 0
  const effort = effortOf(inspection.budget, content)
  const check = async ({ kind, offset }: Candidate): Promise<void> => {
    if (kind === 'program') {
      const program = recogniseProgram(content.read(offset, programHeaderLength))
      if (program === undefined) return
      inspection.report({
        rule: embeddedRules.program,
        message: `expected a model or its documentation, found a program (${program})`,
        offset,
        evidence: { program },
      })
    } else if (kind === 'pickle') {
      if (!known.pickles.has(offset)) checkPickleAt(content, offset, inspection, effort)
    } else if (!known.isContainer && archives < maximumArchives) {
      archives += 1
      inspection.report({
        rule: embeddedRules.archive,
        message: `expected no archive inside this format, found a zip entry at byte ${offset}`,
        offset,
      })
      const rest = partOf(content, offset, content.size - offset)
      await inspection.enter({ name: `byte ${offset}`, content: rest, expected: 'zip' })
    }
  }
  // A pair may lie across two chunks: each begins with the last byte of the one before.
  const step = pairSweep().length - 1
  for (let start = 0, chunk = 1; start < content.size; start += step, chunk += 1) {
    inspection.budget.checkTime()
    if (chunk % chunksPerTurn === 0) await setImmediate()
    for (const candidate of sweepChunk(content, start)) await check(candidate)
  }
}
