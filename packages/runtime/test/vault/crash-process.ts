// Works on a vault, says what is done, and kills itself: HOME SEED STEP before|torn
import { createSeededRandom } from '@nootropic/core'
import { workUntilKilled } from '../../../../tools/testing/kill-at-step.ts'
import { crashWork, type Said } from './crash-work.ts'

await workUntilKilled<Said>((home, seed, say) => crashWork(home, createSeededRandom(seed), say))
