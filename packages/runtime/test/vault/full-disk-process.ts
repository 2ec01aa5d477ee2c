// Tries to seal where files cannot grow, and prints what came of it: HOME SOURCE
import { modelDigest, sha256 } from '@nootropic/core'
import { printOutcomes } from '../../../../tools/testing/outcomes.ts'
import { openHome } from './crash-work.ts'

const [home, source] = process.argv.slice(2) as [string, string]
const vault = await openHome(home)
const bytes = Buffer.alloc(2_000_000, 'weights')
const files = [{ path: 'model.onnx', digest: sha256(bytes), bytes }]
const digest = modelDigest(files)
await printOutcomes({
  seal: () => vault.seal({ name: 'other', version: '1.0.0', digest }, { main: 'model.onnx', files }),
  sealFrom: () => vault.sealFrom(source, { name: 'other', version: '1.0.0' }),
})
