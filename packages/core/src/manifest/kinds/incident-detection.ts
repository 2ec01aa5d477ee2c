import { z } from 'zod'
import { kindSchema } from '../kind.ts'
import { typeListSchema } from '../values/choices.ts'

/** The schema of {@link IncidentDetection}. */
export const incidentDetectionSchema = kindSchema(
  'IncidentDetection',
  'Opens incidents from what happens on this host, and says how to respond first.',
  z
    .strictObject({
      detection: typeListSchema('Detection', {
        local: 'alerts and events of this host open incidents',
        audit: 'entries of the audit log open incidents',
      }),
      response: typeListSchema('Response', {
        local: 'the model is suspended and repaired on this host',
        backup: 'the state is saved before anything is changed',
      }),
    })
    .meta({ title: 'Incident detection', description: 'What opens an incident, and the first response.' }),
)
/** A manifest of kind `IncidentDetection`. */
export type IncidentDetection = z.infer<typeof incidentDetectionSchema>
