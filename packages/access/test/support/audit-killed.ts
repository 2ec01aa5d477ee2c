// Opens an audit log with epochs again and again, appends, seals and publishes, and is killed on the way.

import { workUntilKilled } from '../../../../tools/testing/kill-at-step.ts'
import { openAuditLog } from '../../src/audit/log.ts'

/** What the process did: the first key of its log, an entry that was acknowledged, a checkpoint over it. */
export interface Said {
  readonly verifierKey?: string
  readonly acknowledged?: string
  readonly checkpoint?: string
}

await workUntilKilled<Said>(async (home, seed, say) => {
  for (let round = 0; round < 3; round += 1) {
    const log = await openAuditLog({
      directory: `${home}/audit`,
      origin: 'example.org/audit',
      epochs: { keyFile: `${home}/key`, maximumEntries: 1000 },
      segmentBytes: 400,
    })
    say({ verifierKey: log.verifierKey })
    for (let number = 0; number < 3; number += 1) {
      const action = `${seed}-${round}-${number}`
      await log.append({ category: 'operation', actor: 'user:a', action, resource: 'log:test', outcome: 'succeeded' })
      say({ acknowledged: action, checkpoint: log.checkpoint() })
    }
    if (round !== 1) await log.sealEpoch()
    await log.close()
  }
})
