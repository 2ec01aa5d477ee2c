// Tries to change the key store given, where files cannot grow, and prints what came of it.
import { printOutcomes } from '../../../../tools/testing/outcomes.ts'
import { openKeyStore } from '../../src/crypto/index.ts'

const keys = await openKeyStore({ directory: process.argv[2] as string })
const [first] = await keys.list()
await printOutcomes({
  create: () => keys.createDataKey({ purpose: 'vault', id: 'one more' }),
  setState: () => keys.setState(first?.keyId as string, 'revoked'),
  rotate: () => keys.rotate(),
})
