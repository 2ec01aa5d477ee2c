import { fileURLToPath } from 'node:url'
import {
  type Manifest,
  manifestSettings,
  notYetEnforced,
  parseManifests,
  readManifests,
} from '@nootropic/core/manifest'
import { attackRegistry, corruptionRegistry } from '@nootropic/validation/behaviour'
import { expect, test } from 'vitest'
import { enforcedSettings } from '../src/index.ts'

const templates = fileURLToPath(new URL('../manifests', import.meta.url))
/** Manifests of every attack and every corruption that there is, which the format must take by its name. */
const everyTest = (): Manifest[] => {
  const manifest = (kind: string, spec: string): string =>
    `apiVersion: security.nootropic.ai/v1\nkind: ${kind}\nmetadata: { name: x }\nspec: ${spec}\n`
  const attacks = Object.keys(attackRegistry).map(
    (name) => `{ type: ${name}, epsilon: 0.1${name === 'fgsm' ? '' : ', steps: 2'} }`,
  )
  const tests = Object.entries(corruptionRegistry).flatMap(([name, { modality }]) =>
    modality === 'text' ? [] : [`{ type: ${name} }`],
  )
  const texts = [
    manifest('AdversarialTesting', `{ attacks: [${attacks}], schedule: { frequency: weekly } }`),
    manifest('RobustnessTesting', `{ tests: [${tests}], schedule: { frequency: daily } }`),
  ]
  return [...parseManifests(texts.join('---\n'), { path: 'every-test.yaml' })]
}

// Settings that a template leaves out, because they are optional.
const optional = [
  'AccessMonitoring:monitoring.file.files.path',
  'AccessMonitoring:monitoring.process.files.path',
  'ModelPermissions:files.owner',
  'ProcessIsolation:limits.memory.size',
  'ProcessIsolation:limits.cpu.time',
  'RobustnessTesting:schedule.duration',
  'UserPrivacy:retention',
]

test('whatever is said to be enforced is a setting of the format', async () => {
  const manifests = [...(await readManifests(templates)).manifests, ...everyTest()]
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

test('no setting of the tests of behaviour is left unenforced', async () => {
  const open = notYetEnforced(await readManifests(templates), enforcedSettings)
  const kinds = ['AdversarialTesting', 'RobustnessTesting']
  expect(open.filter(({ kind }) => kinds.includes(kind)).map(({ path }) => path)).toEqual([])
})
