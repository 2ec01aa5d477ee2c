// Decides the same request five times at once, whenever its parent asks.
import { openDatabase } from '@nootropic/core/storage'
import { createStoredAuthorizer } from '../../src/authorisation/authorizer.ts'
import { openPolicyStore } from '../../src/authorisation/policy-store.ts'

const database = await openDatabase(process.argv[2] ?? '')
const authorizer = createStoredAuthorizer(await openPolicyStore({ database }))
const request = {
  subject: { type: 'user', id: 'ada' },
  action: { name: 'execute' },
  resource: { type: 'model', id: 'digits' },
}
process.on('message', async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, () => authorizer.authorize(request)))
  process.send?.(answers.map(({ decision }) => decision))
})
process.send?.('ready')
