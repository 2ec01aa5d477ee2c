import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseManifests } from '@nootropic/core/manifest'
import { expect, test } from 'vitest'
import { everything, ownedDirectories } from '../everything.ts'
import { manifestsPage } from '../manifests-page.ts'
import { findStale } from '../stale.ts'

test('the committed schemas and reference pages are current', async () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  const { changed, extra } = await findStale(root, everything(), ownedDirectories)
  expect(changed.map(({ path }) => path)).toEqual([])
  expect(extra).toEqual([])
})

test('the example of the reference page is a valid manifest', () => {
  const [, example = ''] = /```yaml\n(.*?)```/s.exec(manifestsPage().content) ?? []
  expect(parseManifests(example, { path: 'example.yaml' })).toMatchObject([{ kind: 'ProcessIsolation' }])
})

test('a changed, a missing and a left-over file are each named', async () => {
  const root = mkdtempSync(join(tmpdir(), 'generate-'))
  try {
    writeFileSync(join(root, 'same'), 'a')
    writeFileSync(join(root, 'changed'), 'b')
    writeFileSync(join(root, 'left-over'), 'c')
    const files = ['same', 'changed', 'missing'].map((path) => ({ path, content: 'a' }))
    const { changed, extra } = await findStale(root, files, ['.'])
    expect(changed.map(({ path }) => path)).toEqual(['changed', 'missing'])
    expect(extra).toEqual(['./left-over'])
  } finally {
    rmSync(root, { recursive: true })
  }
})
