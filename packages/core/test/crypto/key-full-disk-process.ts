// Tries to change the key store given, where files cannot grow, and prints what came of it.
import { openKeyStore } from '../../src/crypto/index.ts'
import { isNootropicError } from '../../src/errors.ts'

const keys = await openKeyStore({ directory: process.argv[2] as string })
const [first] = await keys.list()
const calls = {
  create: () => keys.createDataKey({ purpose: 'vault', id: 'one more' }),
  setState: () => keys.setState(first?.keyId as string, 'revoked'),
  rotate: () => keys.rotate(),
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
