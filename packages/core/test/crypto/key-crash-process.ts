// Works on a key store, says what is on disk, and kills itself: HOME SEED STEP before|torn
import { join } from 'node:path'
import { workUntilKilled } from '../../../../tools/testing/kill-at-step.ts'
import { createSeededRandom } from '../../src/random.ts'
import { type Acknowledgement, crashWork } from './key-crash-work.ts'

await workUntilKilled<Acknowledgement>((home, seed, say) =>
  crashWork(join(home, 'keys'), createSeededRandom(seed), say),
)
