import { testManyKills } from '../../../../tools/testing/kill-tests.ts'
import { vaultProgram } from './crash.ts'

testManyKills(
  'of a thousand processes that are killed at every step of sealing, exporting, backing up, restoring and removing, none loses a model',
  vaultProgram,
)
