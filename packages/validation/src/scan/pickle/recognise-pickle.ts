import type { ByteSource } from '../source.ts'
import { Effort } from './effort.ts'
import type { ImportedName } from './import-ledger.ts'
import type { GlobalTables } from './judgement.ts'
import { opcodeOf } from './opcodes.ts'
import type { PickleRun } from './pickle-run.ts'
import { actsPlausibly } from './refused-imports.ts'
import { pickleRules } from './rules.ts'
import { runPickle } from './run-pickle.ts'

const proto = 0x80
const highestProtocol = 5

/** How many opcodes of a content without PROTO are followed to find out whether it is a pickle. */
const trialOperations = 4096
/** So many opcodes without an error are no accident. */
const convincingOperations = 64
/** A list of words that begin with P is one of persistent ids: there it must act within so many. */
const longTrialOperations = 2 ** 20
/** What may follow the STOP of a pickle without PROTO: an editor's newline. */
const maximumRest = 2

/** PROTO with a version that CPython reads, and an opcode after it. */
export const opensWithProto = (head: Uint8Array): boolean =>
  head[0] === proto &&
  (head[1] ?? 255) <= highestProtocol &&
  (head.length === 2 || opcodeOf[head[2] ?? 0] !== undefined)

/** With an import among them fewer are enough: a list of words that opens with "c" or "i" ends in an error at once. */
const convincingWithImport = 8

/** A name that is known to do harm, or a call of one that nobody knows: prose has neither. */
const actsKnowingly = ({ judgement, calledAt }: ImportedName): boolean =>
  judgement.verdict === 'dangerous' || (judgement.verdict === 'unknown' && calledAt !== undefined)

/** So many pickles that end one behind another are no accident. */
const convincingPickles = 16

const runTrial = (
  content: ByteSource,
  offset: number,
  tables: GlobalTables | undefined,
  maximumOperations = trialOperations,
): PickleRun =>
  runPickle(content, offset, {
    maximumOperations,
    effort: new Effort(maximumOperations),
    ...(tables === undefined ? {} : { tables }),
  })

/** Whether a pickle begins at `offset`. Without PROTO it must do what prose cannot. */
export const opensPickle = (content: ByteSource, offset: number, tables?: GlobalTables): boolean => {
  let at = offset
  for (let count = 0; count < convincingPickles; count += 1) {
    const head = content.read(at, 3)
    if (opensWithProto(head)) return true
    if (opcodeOf[head[0] ?? 0] === undefined) return false
    const { end, imports, operations, log } = runTrial(content, at, tables)
    if (imports.some(actsKnowingly)) return true
    if (operations >= convincingWithImport && imports.some(({ judgement }) => judgement.verdict === 'unknown'))
      return true
    if (end.kind !== 'stop') {
      if (operations < convincingOperations) return false
      if (!log.sightings.some(({ rule }) => rule === pickleRules['persistent-id'])) return true
      if (end.kind !== 'paused') return false
      const longer = runTrial(content, at, tables, longTrialOperations)
      return longer.end.kind === 'paused' || longer.end.kind === 'stop' || actsPlausibly(longer)
    }
    if (actsPlausibly({ imports }) || content.size - end.offset <= maximumRest) return true
    at = end.offset
  }
  return true
}
