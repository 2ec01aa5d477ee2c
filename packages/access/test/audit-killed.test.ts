import { testSomeKills } from '../../../tools/testing/kill-tests.ts'
import { source, verify } from './support/audit-after-kill.ts'

testSomeKills(
  'a writer that is killed on its way, or in the middle of a write, loses nothing acknowledged',
  { source, verify },
  10,
)
