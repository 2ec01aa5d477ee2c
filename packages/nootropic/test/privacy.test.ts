import { type AuditEntry, systemClock, systemRandom } from '@nootropic/core'
import { parseManifestSet } from '@nootropic/core/manifest'
import { expect, test } from 'vitest'
import { openPrivacy } from '../src/people/privacy.ts'
import { collect, openHome, temporaryHome } from './support/people-home.ts'

const types = (...names: string[]) => names.map((type) => ({ type }))
const manifest = (kind: string, spec: object) => ({
  path: `${kind}.yaml`,
  text: JSON.stringify({ apiVersion: 'security.nootropic.ai/v1', kind, metadata: { name: 'x' }, spec }),
})
const entry: AuditEntry = {
  category: 'operation',
  actor: 'user:ada',
  action: 'execute',
  resource: 'model:digits',
  outcome: 'succeeded',
  details: { version: '1.0.0', durationMs: 12.5 },
}

test('the manifests decide what the log holds of people, and what was sealed stays readable without them', async () => {
  const { database, keys, log } = await openHome(temporaryHome())
  const sealed = manifest('DataPrivacy', { privacy: types('encryption'), control: types('local') })
  const minimal = manifest('UserPrivacy', { privacy: types('control'), data: types('minimal') })
  const open = (...manifests: { path: string; text: string }[]) =>
    openPrivacy({
      database,
      keys,
      log,
      clock: systemClock,
      random: systemRandom,
      settings: parseManifestSet(manifests),
    })
  for (const manifests of [[], [sealed], [minimal], [sealed, minimal]])
    await (await open(...manifests)).audit.append(entry)

  const stored = await collect(log.entries())
  expect(stored.map(({ actor }) => actor.startsWith('person:'))).toEqual([false, true, false, true])
  expect(stored.map(({ details }) => Object.keys(details ?? {}).sort())).toEqual([
    ['durationMs', 'version'],
    ['durationMs', 'personal', 'version'],
    ['version'],
    ['personal', 'version'],
  ])
  const { audit } = await open()
  expect((await collect(audit.entries())).map(({ actor }) => actor)).toEqual(Array(4).fill('user:ada'))
  expect((await audit.tail(1)).map(({ details }) => details)).toEqual([{ version: '1.0.0' }])
})
