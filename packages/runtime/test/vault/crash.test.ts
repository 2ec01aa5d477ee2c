import { testSomeKills } from '../../../../tools/testing/kill-tests.ts'
import { vaultProgram } from './crash.ts'

// Every step of every change is covered by crash.conformance.ts.
testSomeKills(
  'a process that is killed while it seals, exports, backs up, restores or removes loses no model, and leaves nothing',
  vaultProgram,
  12,
)
