// Opens the key store given and prints what identifies its keys.
import { createHmac } from 'node:crypto'
import { openKeyStore } from '../../src/crypto/index.ts'

const keys = await openKeyStore({ directory: process.argv[2] as string })
const [secret, { publicKey }] = await Promise.all([keys.secret('api-keys'), keys.signingKey('audit')])
const mac = createHmac('sha256', secret).update('x').digest('hex')
process.stdout.write(`${mac} ${publicKey.export({ format: 'der', type: 'spki' }).toString('hex')}`)
