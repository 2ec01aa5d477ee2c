import { testSomeKills } from '../../../../tools/testing/kill-tests.ts'
import { keyStoreProgram } from './key-crash.ts'

// Every step of every change is covered by key-crash.conformance.ts.
testSomeKills(
  'a process that is killed while it changes the store loses no key that it said was there',
  keyStoreProgram,
  24,
)
