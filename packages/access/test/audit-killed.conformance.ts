import { testManyKills } from '../../../tools/testing/kill-tests.ts'
import { source, verify } from './support/audit-after-kill.ts'

// Beside the 2,000 images of audit-crash.conformance.ts, which cost no process each.
testManyKills(
  'a writer that is killed at any step, or in the middle of a write, loses nothing acknowledged',
  { source, verify },
  300,
)
