export { type DetectionPlan, detectionPlan } from './detection.ts'
export {
  type ClosingNote,
  closingNoteSchema,
  type Incident,
  incidentSchema,
  type TimelineEntry,
  timelineEntrySchema,
} from './incident.ts'
export { type IncidentState, type IncidentStep, incidentStates, nextIncidentState, transitions } from './lifecycle.ts'
export { renderIncidentMarkdown } from './markdown.ts'
export type { IncidentReport, RemediationTask, RootCauseCandidate } from './report.ts'
export { type IncidentOptions, type Incidents, incidentEvents, openIncidents } from './respond.ts'
export { type Technique, techniquesOfRule } from './techniques.ts'
