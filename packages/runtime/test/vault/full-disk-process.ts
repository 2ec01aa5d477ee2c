// Tries to seal where files cannot grow, and prints what came of it: HOME SOURCE
import { isNootropicError, modelDigest, sha256 } from '@nootropic/core'
import { openHome } from './crash-work.ts'

const [home, source] = process.argv.slice(2) as [string, string]
const vault = await openHome(home)
const bytes = Buffer.alloc(2_000_000, 'weights')
const files = [{ path: 'model.onnx', digest: sha256(bytes), bytes }]
const digest = modelDigest(files)
const calls = {
  seal: () => vault.seal({ name: 'other', version: '1.0.0', digest }, { main: 'model.onnx', files }),
  sealFrom: () => vault.sealFrom(source, { name: 'other', version: '1.0.0' }),
}
const outcomes: unknown[] = []
for (const [name, call] of Object.entries(calls)) {
  try {
    outcomes.push([name, 'done', await call()])
  } catch (error) {
    outcomes.push([name, isNootropicError(error) ? error.code : 'another error', (error as Error).message])
  }
}
process.stdout.write(JSON.stringify(outcomes))
