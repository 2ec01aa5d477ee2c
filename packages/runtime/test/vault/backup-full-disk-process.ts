// Tries to back up or restore where files cannot grow, and prints what came of it: HOME REF [restore]
import type { ModelRef } from '@nootropic/core'
import { printOutcomes } from '../../../../tools/testing/outcomes.ts'
import { openHome } from './crash-work.ts'

const [home, ref, what] = process.argv.slice(2) as [string, string, string | undefined]
const vault = await openHome(home)
const model = JSON.parse(ref) as ModelRef
await printOutcomes(
  what === 'restore' ? { restore: () => vault.restore(model) } : { backup: () => vault.backup(model) },
)
