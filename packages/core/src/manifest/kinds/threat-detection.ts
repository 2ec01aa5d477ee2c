import { z } from 'zod'
import { severities } from '../../finding.ts'
import { kindSchema } from '../kind.ts'
import { choiceSchema } from '../values/choices.ts'

/** The schema of {@link ThreatDetection}. */
export const threatDetectionSchema = kindSchema(
  'ThreatDetection',
  'Looks for attacks in how the models are used, and says where alerts go.',
  z
    .strictObject({
      detectors: z
        .array(
          z.strictObject({
            type: choiceSchema('Detector', {
              anomaly: 'use that differs from what is usual',
              intrusion: 'known signs of an attack',
            }),
            provider: choiceSchema('Provider', { local: 'it runs on this host and uses no network' }),
          }),
        )
        .min(1)
        .meta({ title: 'Detectors', description: 'The detectors to run.' }),
      alerts: z
        .array(
          z.strictObject({
            severity: z.enum(severities).meta({
              title: 'Severity',
              description: `Which alerts: ${severities.join(', ')}.`,
            }),
            channel: choiceSchema('Channel', { local: 'the log and the pages of this host' }),
          }),
        )
        .min(1)
        .meta({ title: 'Alerts', description: 'Where alerts of each severity go.' }),
    })
    .meta({ title: 'Threat detection', description: 'What is looked for, and who hears of it.' }),
)
/** A manifest of kind `ThreatDetection`. */
export type ThreatDetection = z.infer<typeof threatDetectionSchema>
