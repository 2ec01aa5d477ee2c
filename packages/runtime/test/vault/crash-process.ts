// Works on a vault, says what is done, and kills itself: HOME SEED STEP before|torn
import { writeSync } from 'node:fs'
import { createSeededRandom } from '@nootropic/core'
import { killAtStep } from '../../../../tools/testing/kill-at-step.ts'
import { crashWork, type Said } from './crash-work.ts'

const [home, seed, lastStep, mode] = process.argv.slice(2) as [string, string, string, 'before' | 'torn']
const say = (said: Said): void => void writeSync(1, `${JSON.stringify(said)}\n`)

const steps = await killAtStep(Number(lastStep), mode)
await crashWork(home, createSeededRandom(Number(seed)), say)
say({ done: 'all', steps: steps() })
