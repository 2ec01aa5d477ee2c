import { testThousandKills } from '../../../tools/testing/kill-tests.ts'
import { source, verify } from './support/audit-after-kill.ts'

testThousandKills('a writer that is killed at any step, or in the middle of a write, loses nothing acknowledged', {
  source,
  verify,
})
