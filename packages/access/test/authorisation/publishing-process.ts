// Publishes one policy after another until it is ended from outside.
import { openDatabase } from '@nootropic/core/storage'
import { openPolicyStore } from '../../src/authorisation/policy-store.ts'

const store = await openPolicyStore({ database: await openDatabase(process.argv[2] ?? '') })
let { version } = await store.read()
for (;;) {
  const rules = Array.from({ length: 50 }, (_, index) => ({
    id: `v${version + 1}-${index}`,
    effect: 'permit' as const,
    principal: 'any' as const,
    actions: ['execute'],
    resource: { type: 'model' },
  }))
  version = (await store.publish({ rules, expectedVersion: version, author: 'loop' })).version
  process.send?.(version)
}
