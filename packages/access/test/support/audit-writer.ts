// Opens the audit log in a directory and appends to it until it is killed, telling its parent of each acknowledgement.
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { isNootropicError } from '@nootropic/core'
import { openAuditLog } from '../../src/audit/log.ts'

const [directory = '', privateKeyText = '', origin = ''] = process.argv.slice(2)
const privateKey = createPrivateKey(privateKeyText)
const send = (message: unknown): void => void process.send?.(message)

try {
  const log = await openAuditLog({
    directory,
    signingKey: { privateKey, publicKey: createPublicKey(privateKey) },
    origin,
  })
  send('open')
  for (let number = 0; ; number += 1) {
    const action = `${process.pid}-${number}`
    await Promise.all(
      ['a', 'b', 'c'].map(async (part) => {
        const entry = {
          category: 'operation',
          actor: 'system:test',
          action: `${action}${part}`,
          resource: 'log:test',
        } as const
        await log.append({ ...entry, outcome: 'succeeded' })
        send(`${action}${part}`)
      }),
    )
  }
} catch (error) {
  send(isNootropicError(error) ? { code: error.code } : { code: String(error) })
  process.disconnect()
}
