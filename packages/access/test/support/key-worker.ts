// Makes, uses and revokes API keys in a shared database, then uses a shared key until its parent says it is revoked.
import { createSecretKey } from 'node:crypto'
import { isNootropicError } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { openApiKeys } from '../../src/credentials/api-keys.ts'

const [location = '', pepperText = '', shared = ''] = process.argv.slice(2)
const database = await openDatabase(location)
const keys = await openApiKeys({ database, pepper: createSecretKey(Buffer.from(pepperText, 'hex')) })
const outcome = async (credential: string): Promise<string> => {
  try {
    return (await keys.authenticate(credential)).id
  } catch (error) {
    return isNootropicError(error) ? error.code : String(error)
  }
}

const wrong: string[] = []
const expect = async (credential: string, expected: string): Promise<void> => {
  const found = await outcome(credential)
  if (found !== expected) wrong.push(`expected ${expected}, got ${found}`)
}
const revoked: string[] = []
const live: string[] = []
for (let round = 0; round < 5; round += 1) {
  const name = `${process.pid}-${round}`
  const subject = { type: 'user', id: name }
  const expiresAt = new Date(Date.now() + 24 * 60 * 60 * 1000)
  const { id, secret } = await keys.create({ subject, roles: [], expiresAt })
  await expect(secret, name)
  await expect(shared, 'shared')
  if (round % 2 === 0) {
    await keys.revoke(id)
    await expect(secret, 'CREDENTIAL_INVALID')
    revoked.push(secret)
  } else {
    live.push(secret)
  }
}
process.once('message', async () => {
  await expect(shared, 'CREDENTIAL_INVALID')
  process.send?.({ wrong })
  await database.close()
  process.disconnect()
})
process.send?.({ revoked, live })
