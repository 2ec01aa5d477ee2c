import { z } from 'zod'
import { durationSchema } from './duration.ts'
import { frequencySchema } from './frequency.ts'

export const frequencyHelp = 'hourly, daily, weekly, monthly, or five cron fields in quotes such as "30 3 * * MON".'

/** When something runs and how long it may take. */
export const scheduleSchema = z
  .strictObject({
    frequency: frequencySchema.meta({ title: 'Frequency', description: `How often: ${frequencyHelp}` }),
    duration: durationSchema
      .optional()
      .meta({ title: 'Time budget', description: 'The most time that one run may take, such as 30m or 2h.' }),
  })
  .meta({ title: 'Schedule', description: 'When it runs, and for how long.' })
