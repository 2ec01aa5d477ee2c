import { fileURLToPath } from 'node:url'
import { manifestSettings, readManifests } from '@nootropic/core/manifest'
import { expect, test } from 'vitest'
import { enforcedSettings } from '../src/index.ts'

const templates = fileURLToPath(new URL('../manifests', import.meta.url))
// Settings that a template leaves out, because they are optional.
const optional = [
  'ProcessIsolation:limits.memory.size',
  'ProcessIsolation:limits.cpu.time',
  'RobustnessTesting:schedule.duration',
]

test('whatever is said to be enforced is a setting of the format', async () => {
  const { manifests } = await readManifests(templates)
  const known = new Set([
    ...optional,
    ...manifests.flatMap((manifest) =>
      manifestSettings(manifest).flatMap(({ path, value }) => [
        `${manifest.kind}:${path}`,
        `${manifest.kind}:${path}=${value}`,
      ]),
    ),
  ])
  expect([...enforcedSettings].filter((setting) => !known.has(setting))).toEqual([])
})
