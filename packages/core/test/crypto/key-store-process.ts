// Opens the key store given, makes as many data keys as said, one after the other, and prints what identifies its keys:
// DIRECTORY COUNT
import { createHmac } from 'node:crypto'
import { openKeyStore } from '../../src/crypto/index.ts'

const [directory, count] = process.argv.slice(2) as [string, string]
const keys = await openKeyStore({ directory })
const [secret, { publicKey }] = await Promise.all([keys.secret('api-keys'), keys.signingKey('audit')])
const made: Record<string, string> = {}
for (let number = 0; number < Number(count); number += 1) {
  const { keyId, key } = await keys.createDataKey({ purpose: 'vault', id: 'digits 1.0.0' })
  made[keyId] = createHmac('sha256', key).update('x').digest('hex')
}
process.stdout.write(
  JSON.stringify({
    secret: createHmac('sha256', secret).update('x').digest('hex'),
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('hex'),
    made,
  }),
)
