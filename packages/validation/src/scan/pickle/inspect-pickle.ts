import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { effortOf } from './effort.ts'
import type { GlobalTables } from './judgement.ts'
import type { PickleRun } from './pickle-run.ts'
import { rememberRange } from './read-ranges.ts'
import { opensPickle, opensWithProto } from './recognise-pickle.ts'
import { isRefused } from './refused-imports.ts'
import { pickleRules } from './rules.ts'
import { runPickle } from './run-pickle.ts'

/** Pickles without PROTO behind one another; each has to be tried before it is read (CWE-400). */
const maximumTextPickles = 256

/** Says how a pickle ended that did not end with STOP. */
const reportBreak = ({ end, imports }: PickleRun, inspection: Inspection): void => {
  const { kind, offset, message } = end
  if (kind === 'stop') return
  inspection.incomplete(`the pickle was read up to byte ${offset}: ${message}`)
  if (kind === 'limit' || kind === 'paused') return
  if (imports.some((imported) => isRefused(imported) && imported.calledAt !== undefined)) {
    const found = `expected the pickle to end with STOP, found calls and then an error: ${message}`
    inspection.report({ rule: pickleRules['broken-tail'], message: found, offset })
    return
  }
  const rule = pickleRules[kind === 'unknown-opcode' ? 'unknown-opcode' : 'malformed']
  inspection.report({ rule, message: `expected the pickle to end with STOP, found that ${message}`, offset })
}

const isHarmful = ({ log, imports }: PickleRun): boolean =>
  imports.some(isRefused) || log.sightings.some(({ rule, severity = rule.severity }) => severity !== 'low')

/** Reads one pickle after another, as loaders do that read several from one file, and what they load. */
export const inspectPickle = async (
  content: ByteSource,
  inspection: Inspection,
  tables?: GlobalTables,
): Promise<void> => {
  let wasHarmful = false
  let hasArrays = false
  let offset = 0
  let textPickles = 0
  for (let index = 0; offset < content.size; index += 1) {
    if (index > 0) {
      inspection.budget.takeEntry()
      if (!opensWithProto(content.read(offset, 3))) textPickles += 1
      if (textPickles > maximumTextPickles) {
        inspection.incomplete(`the pickles were read up to byte ${offset}: there are more than ${maximumTextPickles}`)
        return
      }
      if (!opensPickle(content, offset, tables)) {
        const message = `expected the end after STOP, found ${content.size - offset} bytes`
        const rule = pickleRules['trailing-bytes']
        // Where an array ends depends on its type: what is left over was read as something else.
        inspection.report({ rule, message, offset, severity: hasArrays ? 'medium' : rule.severity })
        return
      }
    }
    const run = runPickle(content, offset, {
      checkTime: () => inspection.budget.checkTime(),
      effort: effortOf(inspection.budget, content),
      ...(tables === undefined ? {} : { tables }),
    })
    for (const sighting of run.log.sightings) inspection.report(sighting)
    for (const reason of run.log.reasons) inspection.incomplete(reason)
    const harmful = isHarmful(run)
    if (index > 0 && harmful && !wasHarmful) {
      const message = `expected one pickle, found number ${index + 1} act where the ones before it do not`
      inspection.report({ rule: pickleRules['stacked-payload'], message, offset })
    }
    wasHarmful ||= harmful
    if (harmful) rememberRange(content, offset, run.end.offset)
    reportBreak(run, inspection)
    if (run.arrays > 0) inspection.refine('joblib')
    hasArrays ||= run.arrays > 0
    for (const part of run.parts) {
      inspection.budget.takeEntry()
      await inspection.enter(part)
    }
    if (run.end.kind !== 'stop') return
    offset = run.end.offset
  }
}
