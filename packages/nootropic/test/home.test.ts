import { homedir } from 'node:os'
import { parseManifestSet } from '@nootropic/core/manifest'
import { expect, test } from 'vitest'
import { homeAt } from '../src/home.ts'

const storage = (keys: string, models: string): string => `apiVersion: security.nootropic.ai/v1
kind: ModelStorageEncryption
metadata:
  name: storage
spec:
  algorithm: aes-256-gcm
  keyManagement:
    type: local
    storage: ${keys}
  storage:
    type: local
    path: ${models}
    backup: disabled
`
const settingsWith = (keys: string, models: string) =>
  parseManifestSet([{ path: '/srv/security/storage.yaml', text: storage(keys, models) }])

test('without a storage manifest everything lies under the home', () => {
  expect(homeAt('/data', parseManifestSet([]), {})).toEqual({
    root: '/data',
    keys: '/data/keys',
    models: '/data/models',
    backups: '/data/snapshots/models',
    audit: '/data/audit',
    signers: '/data/config/trusted-signers',
    database: '/data/state.db',
  })
})

test('~/.nootropic in a manifest means the home, other paths mean what they say', () => {
  const own = homeAt('/data', settingsWith('~/.nootropic/keys', '~/.nootropic/models'), {})
  expect(own).toMatchObject({ keys: '/data/keys', models: '/data/models' })
  const elsewhere = homeAt('/data', settingsWith('~/secrets', '../sealed'), {})
  expect(elsewhere).toMatchObject({ keys: `${homedir()}/secrets`, models: '/srv/sealed' })
})

test('models are not kept where their backups are', () => {
  for (const models of ['~/.nootropic/snapshots/models', '~/.nootropic/snapshots/models/', '/data/snapshots/models']) {
    expect(() => homeAt('/data', settingsWith('~/.nootropic/keys', models), {})).toThrow(
      expect.objectContaining({
        code: 'CONFIGURATION_INVALID',
        message: expect.stringMatching(/^expected .*storage\.path.*, found \/data\/snapshots\/models/),
      }),
    )
  }
})
