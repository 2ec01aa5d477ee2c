import type { Verdict } from '@nootropic/core'
import type { Incident, TimelineEntry } from './incident.ts'
import type { EvidenceEvent } from './recent-events.ts'
import { type Technique, techniquesOfRule } from './techniques.ts'

/** A change before the onset. It came before; that it is the cause is for a person to say. */
export interface RootCauseCandidate {
  readonly type: string
  readonly time: string
  readonly secondsBefore: number
  readonly digest: string
}

/** Something to be done, the outcome of NIST CSF 2.0 that it serves, and whether the timeline shows it done. */
export interface RemediationTask {
  readonly task: string
  /** A subcategory of NIST CSF 2.0, as SP 800-61r3 orders them. */
  readonly outcome: string
  readonly isDone: boolean
}

/** Everything known of an incident: plain JSON. */
export interface IncidentReport {
  readonly schemaVersion: 1
  readonly incident: Incident
  readonly techniques: readonly Technique[]
  readonly rootCauseCandidates: readonly RootCauseCandidate[]
  readonly remediation: readonly RemediationTask[]
  /** `incomplete` where nothing was verified. */
  readonly verification: Verdict
  readonly timeline: readonly TimelineEntry[]
}

const isChange = (event: EvidenceEvent): boolean => event.type.startsWith('ai.nootropic.model.')

const rootCauseCandidates = (incident: Incident, timeline: readonly TimelineEntry[]): RootCauseCandidate[] => {
  const onset = Date.parse(incident.alert.since)
  const evidence = timeline.find(({ kind, data }) => kind === 'done' && data.action === 'keep-evidence')
  const events = (evidence?.data.events ?? []) as unknown as readonly EvidenceEvent[]
  return events
    .filter((event) => isChange(event) && Date.parse(event.time) <= onset)
    .map(({ type, time, digest }) => ({ type, time, secondsBefore: (onset - Date.parse(time)) / 1000, digest }))
    .toSorted((left, right) => left.secondsBefore - right.secondsBefore)
}

const remediation = (incident: Incident, timeline: readonly TimelineEntry[]): RemediationTask[] => {
  const isDone = (action: string): boolean =>
    timeline.some(({ kind, data }) => kind === 'done' && data.action === action)
  const isClosed = incident.closing !== undefined
  return [
    { task: 'Declare the incident', outcome: 'DE.AE-08', isDone: true },
    { task: 'Rate how bad it is', outcome: 'RS.MA-03', isDone: isDone('triage') },
    { task: 'Suspend the model', outcome: 'RS.MI-01', isDone: isDone('suspend') },
    { task: 'Keep the evidence', outcome: 'RS.AN-07', isDone: isDone('keep-evidence') },
    { task: 'Roll back to the version before', outcome: 'RC.RP-02', isDone: isDone('roll-back') },
    { task: 'Verify the restored version', outcome: 'RC.RP-05', isDone: incident.verification === 'pass' },
    { task: 'Let the restored version serve', outcome: 'RC.RP-05', isDone: isDone('resume') },
    { task: 'Find the root cause', outcome: 'RS.AN-03', isDone: isClosed },
    { task: 'Write down the lessons', outcome: 'ID.IM-03', isDone: isClosed },
    { task: 'Declare the end', outcome: 'RC.RP-06', isDone: isClosed },
  ]
}

/** The report of an incident, from what is on disk. */
export const createIncidentReport = (incident: Incident, timeline: readonly TimelineEntry[]): IncidentReport => ({
  schemaVersion: 1,
  incident,
  techniques: techniquesOfRule(incident.alert.rule),
  rootCauseCandidates: rootCauseCandidates(incident, timeline),
  remediation: remediation(incident, timeline),
  verification: incident.verification ?? 'incomplete',
  timeline,
})
