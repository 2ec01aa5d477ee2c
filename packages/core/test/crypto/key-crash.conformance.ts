import { testManyKills } from '../../../../tools/testing/kill-tests.ts'
import { keyStoreProgram } from './key-crash.ts'

testManyKills(
  'of a thousand processes that are killed at every step of creating, rotating, removing and changing states, none loses a key',
  keyStoreProgram,
)
