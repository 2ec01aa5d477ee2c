import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import {
  defaultPolicy,
  manifestSettings,
  parseManifestSet,
  parseManifests,
  readManifests,
} from '../../src/manifest/index.ts'
import { template } from './templates.ts'

const shared = process.env.NOOTROPIC_SHARED ?? fileURLToPath(new URL('../../../../../shared', import.meta.url))
const specification = join(shared, 'spec/manifests')
if (!existsSync(specification))
  throw new Error(`the specification is not at ${specification}: set NOOTROPIC_SHARED to its folder`)

const files = readdirSync(specification)

test('all 22 files of the specification load unchanged, together', async () => {
  expect(files).toHaveLength(22)
  expect((await readManifests(specification)).manifests).toHaveLength(22)
})

test.each(files)('%s says what our template says', (file) => {
  const parse = (text: string) => parseManifests(text, { path: file })
  expect(parse(template(file))).toEqual(parse(readFileSync(join(specification, file), 'utf8')))
})

test('the policy has every switch and threshold that the specification names, and no other', () => {
  const rows = readFileSync(join(shared, 'spec/policy.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| [a-z][A-Za-z]*\./.test(line))
  expect(rows).toHaveLength(29)
  const named = rows.flatMap((row) => {
    const [, group = '', switches = ''] = row.split('|').map((cell) => cell.trim())
    return switches.split(', ').map((entry) => `${group}.${entry.split(' ')[0]}`)
  })
  expect(
    manifestSettings(defaultPolicy)
      .map(({ path }) => path)
      .sort(),
  ).toEqual(named.sort())
  const { manifests } = parseManifestSet([{ path: 'policy.yaml', text: template('policy.yaml') }])
  expect(manifests[0]?.spec).toEqual(defaultPolicy.spec)
})
