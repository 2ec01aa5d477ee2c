import type { Report } from '@nootropic/core'
import type { ManifestSet } from '@nootropic/core/manifest'
import { manifestOf } from './manifest-of.ts'
import { nextOccurrence } from './next-occurrence.ts'

/** A test of a registered model that its schedule asks for again. */
export interface DueTest {
  readonly model: string
  readonly version: string
  readonly kind: 'AdversarialTesting' | 'RobustnessTesting'
  /** When it was last carried out, RFC 3339; missing where it never came to its end. */
  readonly lastRun?: string
  /** Since when it is due. */
  readonly since: string
}

const stages = { AdversarialTesting: 'adversarial', RobustnessTesting: 'robustness' } as const

/** What of the schedules is due for a version that serves, by the report that admitted it. */
export const dueTests = (
  settings: ManifestSet,
  { name, version }: { readonly name: string; readonly version: string },
  report: Report,
  now: Date,
): DueTest[] =>
  (Object.keys(stages) as (keyof typeof stages)[]).flatMap((kind): DueTest[] => {
    const schedule = manifestOf(settings, kind)?.spec.schedule
    if (schedule === undefined) return []
    const wasDone = report.stages.some((stage) => stage.name === stages[kind] && stage.verdict !== 'incomplete')
    const test = { model: name, version, kind }
    if (!wasDone) return [{ ...test, since: report.startedAt }]
    const since = nextOccurrence(schedule.frequency, new Date(report.startedAt))
    return since <= now ? [{ ...test, lastRun: report.startedAt, since: since.toISOString() }] : []
  })
