// Loads a sealed model in a worker and runs it, or writes it in the clear: HOME DIGEST run|export
import { join } from 'node:path'
import { type ModelRef, modelRefSchema } from '@nootropic/core'
import { modelBytes } from '@nootropic/core/formats'
import { createSandbox } from '../../src/sandbox/index.ts'
import { openHome } from './crash-work.ts'

const [home, digest, what] = process.argv.slice(2) as [string, string, 'run' | 'export']
const ref: ModelRef = modelRefSchema.parse({ name: 'digits', version: '1.0.0', digest })
const vault = await openHome(home)
if (what === 'export') await vault.export(ref, join(home, 'exported'))
else {
  const session = await createSandbox({ require: 'none' }).openLent((use) =>
    vault.lend(ref, (model) => use(modelBytes(model))),
  )
  const row = { type: 'float32', dims: [1, 3], data: Float32Array.of(1, 2, 3) } as const
  const { sum } = await session.run({ left: row, right: row })
  if (sum?.data[2] !== 6) throw new Error('expected the sum')
  await session.close()
}
