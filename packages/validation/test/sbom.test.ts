import { generateKeyPairSync } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createManualClock, createSeededRandom, sha256 } from '@nootropic/core'
import { writeOnnx } from '@nootropic/core/formats'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKeySigner, signModel } from '../src/provenance/index.ts'
import { createModelBom, type ModelBom, type ModelBomOptions } from '../src/sbom/index.ts'
import { spdxIds } from '../src/sbom/spdx-identifiers.ts'
import { diagonalClassifier } from './support/models.ts'
import { writeTree } from './support/osv.ts'
import { withoutPrivilege } from './support/without-privilege.ts'

const clock = createManualClock('2026-11-22T04:00:00Z')

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'nootropic-sbom-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const treeOf = (files: Readonly<Record<string, unknown>>): string => {
  const directory = writeTree(mkdtempSync(join(root, 'model-')), files)
  writeFileSync(join(directory, 'model.onnx'), writeOnnx(diagonalClassifier(4)))
  return directory
}

const bomOf = (files: Readonly<Record<string, unknown>>, options: ModelBomOptions = {}): Promise<ModelBom> =>
  createModelBom(treeOf(files), { name: 'classifier', version: '1.0.0', clock, ...options })

const schemaOf = (name: string): { readonly enum?: readonly string[] } => {
  const library = dirname(createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json'))
  return JSON.parse(readFileSync(join(library, 'res', 'schema', `${name}.SNAPSHOT.schema.json`), 'utf8'))
}

/** The official schema; formats are checked as far as the documents here have them. */
const validator = () => {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    formats: {
      'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
      'iri-reference': /^[^\s<>"{}|\\^`]*$/,
      'idn-email': true,
      uri: true,
    },
  })
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs'])
    ajv.addSchema(schemaOf(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`)
  return ajv.compile(schemaOf('bom-1.6'))
}

const validate = validator()

const expectValid = (bom: ModelBom): void => {
  const isValid = validate(JSON.parse(JSON.stringify(bom)))
  expect(validate.errors ?? []).toEqual([])
  expect(isValid).toBe(true)
  const references = [bom.metadata.component, ...(bom.metadata.component.components ?? []), ...bom.components].map(
    (component) => component['bom-ref'],
  )
  expect(new Set(references).size).toBe(references.length)
  for (const { ref, dependsOn = [] } of bom.dependencies) {
    for (const reference of [ref, ...dependsOn]) expect(references).toContain(reference)
  }
}

const card = `---
license: apache-2.0
language: [en, de]
pipeline_tag: image-classification
library_name: transformers
tags: [vision, onnx]
datasets:
  - mnist
  - https://data.example/points
base_model: example-org/base-model
base_model_relation: finetune
co2_eq_emissions: { emissions: 120, source: CodeCarbon }
model-index:
  - name: classifier
    results:
      - task: { type: image-classification }
        dataset: { name: MNIST, type: mnist, split: test }
        metrics:
          - { type: accuracy, value: 0.984 }
---
# Classifier
## Intended uses
To show a bill of materials.
## Training data
Seeded points of the unit square.
## Limitations
It knows one line only.
## Bias
Points below the line are left out.
`

test('a model card, a configuration and a graph become a model card that the official schema accepts', async () => {
  const bom = await bomOf({
    'README.md': card,
    'config.json': { model_type: 'vit', architectures: ['ViTForImageClassification'] },
  })
  expectValid(bom)
  const { component } = bom.metadata
  expect(component).toMatchObject({ type: 'machine-learning-model', name: 'classifier', version: '1.0.0' })
  expect(component.licenses).toEqual([{ license: { id: 'Apache-2.0', acknowledgement: 'declared' } }])
  expect(component.pedigree).toEqual({
    ancestors: [
      {
        type: 'machine-learning-model',
        name: 'example-org/base-model',
        purl: 'pkg:huggingface/example-org/base-model',
      },
    ],
    notes: 'finetune',
  })
  expect(component.tags).toEqual(['vision', 'onnx'])
  expect(component.modelCard).toEqual({
    modelParameters: {
      task: 'image-classification',
      architectureFamily: 'vit',
      modelArchitecture: 'ViTForImageClassification',
      datasets: [
        { type: 'dataset', name: 'mnist' },
        {
          type: 'dataset',
          name: 'https://data.example/points',
          contents: { url: 'https://data.example/points' },
        },
        { type: 'dataset', name: 'Training data', description: 'Seeded points of the unit square.' },
      ],
      inputs: [{ format: 'x: float32[batch, 2]' }],
      outputs: [{ format: 'y: float32[batch, 2]' }],
    },
    quantitativeAnalysis: {
      performanceMetrics: [{ type: 'accuracy', value: '0.984', slice: 'MNIST test' }],
    },
    considerations: {
      useCases: ['To show a bill of materials.'],
      technicalLimitations: ['It knows one line only.'],
      ethicalConsiderations: [{ name: 'Points below the line are left out.' }],
    },
    properties: [
      { name: 'huggingface:language', value: 'en' },
      { name: 'huggingface:language', value: 'de' },
      { name: 'huggingface:library_name', value: 'transformers' },
      { name: 'huggingface:co2_eq_emissions', value: '120' },
    ],
  })
  expect(bom.metadata.properties).toBeUndefined()
})

test('every file is listed with its digest and size, and the root digest is that of model signing', async () => {
  const bom = await bomOf(
    { 'a/b': 'bc', 'a-b': 'a', 'model.sig': 'not of the model', '.git/HEAD': 'neither', old: 'bom' },
    {
      ignore: ['./old'],
    },
  )
  expectValid(bom)
  const files = bom.metadata.component.components ?? []
  // `-` comes before `/`: paths are ordered by code point, not by directory.
  expect(files.map(({ name }) => name)).toEqual(['a-b', 'a/b', 'model.onnx'])
  expect(files[1]).toEqual({
    type: 'file',
    'bom-ref': 'file:a/b',
    name: 'a/b',
    hashes: [{ alg: 'SHA-256', content: sha256('bc').slice(7) }],
    properties: [{ name: 'nootropic:file:size', value: '2' }],
  })
  const root = sha256(Buffer.concat(files.map((file) => Buffer.from(file.hashes?.[0]?.content ?? '', 'hex'))))
  expect(bom.metadata.component.properties).toEqual([
    { name: 'nootropic:oms:root', value: root },
    { name: 'nootropic:ignored', value: '.git' },
    { name: 'nootropic:ignored', value: 'model.sig' },
    { name: 'nootropic:ignored', value: 'old' },
  ])
})

test('the root digest is the one that model signing signs', async () => {
  const directory = treeOf({ 'README.md': card, 'a/b': 'bc', '.gitignore': 'a' })
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { digest } = await signModel(directory, { signer: createKeySigner({ privateKey }) })
  const bom = await createModelBom(directory, { clock })
  expect(bom.metadata.component.properties?.[0]).toEqual({ name: 'nootropic:oms:root', value: digest })
})

test('nothing is said that no file says', async () => {
  const bom = await bomOf({ 'README.md': '# A model\nwithout any front matter\n' }, { name: '', version: '' })
  expectValid(bom)
  expect(Object.keys(bom.metadata.component)).toEqual([
    'type',
    'bom-ref',
    'name',
    'components',
    'modelCard',
    'properties',
  ])
  expect(Object.keys(bom.metadata.component.modelCard ?? {})).toEqual(['modelParameters'])
  expect(Object.keys(bom.metadata.component.modelCard?.modelParameters ?? {})).toEqual(['inputs', 'outputs'])
  expect(bom.components).toEqual([])
  expect(bom.compositions).toContainEqual({ aggregate: 'unknown', dependencies: ['model'] })
})

test('packages that files beside the model ask for are components with a package URL, in a graph', async () => {
  const bom = await bomOf({
    'requirements.txt': 'torch==2.6.0\nnumpy>=1.26\nsecret @ https://user:token@files.example/secret-1.0.whl?key=abc\n',
    'service/package-lock.json': {
      lockfileVersion: 3,
      packages: {
        '': { dependencies: { '@scope/direct': '^1' } },
        'node_modules/@scope/direct': { version: '1.0.0+build', dependencies: { inner: '^2' } },
        'node_modules/inner': { version: '2.0.0' },
      },
    },
    'environment.yml': 'dependencies:\n  - scipy=1.14.0\n',
  })
  expectValid(bom)
  expect(bom.components.map(({ purl }) => purl).toSorted()).toEqual([
    'pkg:conda/scipy@1.14.0',
    'pkg:npm/%40scope/direct@1.0.0%2Bbuild',
    'pkg:npm/inner@2.0.0',
    'pkg:pypi/numpy',
    'pkg:pypi/secret?download_url=https:%2F%2Ffiles.example%2Fsecret-1.0.whl',
    'pkg:pypi/torch@2.6.0',
  ])
  expect(JSON.stringify(bom)).not.toMatch(/token|abc/)
  const numpy = bom.components.find(({ name }) => name === 'numpy')
  expect(numpy?.properties).toEqual([
    { name: 'nootropic:declaredIn', value: 'requirements.txt' },
    { name: 'nootropic:requirement', value: '>=1.26' },
  ])
  const [model, ...others] = bom.dependencies
  expect(model?.dependsOn).not.toContain('pkg:npm/inner@2.0.0')
  expect(model?.dependsOn).toHaveLength(5)
  expect(others).toEqual([{ ref: 'pkg:npm/%40scope/direct@1.0.0%2Bbuild', dependsOn: ['pkg:npm/inner@2.0.0'] }])
  expect(bom.compositions).toContainEqual({ aggregate: 'incomplete', dependencies: ['model'] })
})

test('the same model gives the same bill, and another one another serial number', async () => {
  const directory = treeOf({ 'README.md': card })
  const first = await createModelBom(directory, { name: 'classifier', clock })
  const moved = `${directory}-moved`
  renameSync(directory, moved)
  const later = createManualClock('2027-01-01T00:00:00Z')
  const second = await createModelBom(moved, { name: 'classifier', clock: later })
  expect(second.metadata.timestamp).toBe('2027-01-01T00:00:00.000Z')
  expect({ ...second, metadata: { ...second.metadata, timestamp: first.metadata.timestamp } }).toEqual(first)
  expect(first.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  writeFileSync(join(moved, 'model.onnx'), writeOnnx(diagonalClassifier(5)))
  expect((await createModelBom(moved, { name: 'classifier', clock })).serialNumber).not.toBe(first.serialNumber)
})

test('licences are SPDX ids where SPDX has them, and names with their address where not', async () => {
  const known = new Set(schemaOf('spdx').enum)
  expect(spdxIds.filter((id) => !known.has(id))).toEqual([])
  const licenses = async (front: string) => {
    const bom = await bomOf({ 'README.md': `---\n${front}\n---\n` })
    expectValid(bom)
    return bom.metadata.component.licenses?.map(({ license }) => license.id ?? `${license.name} ${license.url}`)
  }
  expect(await licenses('license: [mit, CC-BY-NC-4.0, odbl]')).toEqual(['MIT', 'CC-BY-NC-4.0', 'ODbL-1.0'])
  expect(await licenses('license: other\nlicense_name: example-terms\nlicense_link: LICENSE')).toEqual([
    'example-terms LICENSE',
  ])
  expect(await licenses('license: other\nlicense_link: "not an address"')).toEqual(['other undefined'])
  expect(await licenses('license: openrail')).toEqual(['openrail undefined'])
})

test('what cannot be read is said and makes no claim', async () => {
  const directory = treeOf({
    'README.md': '---\nlicense: &a [*a, "\n---\n',
    'config.json': '{',
    'package-lock.json': '[',
    'other.onnx': 'no model',
  })
  const bom = await createModelBom(directory, { clock })
  expectValid(bom)
  const problems = bom.metadata.properties?.map(({ name, value }) => `${name} ${value.split(':')[0]}`)
  expect(problems).toEqual([
    'nootropic:problem README.md',
    'nootropic:problem other.onnx',
    'nootropic:problem config.json',
    'nootropic:problem package-lock.json',
  ])
  expect(bom.metadata.component.licenses).toBeUndefined()
})

test('the front matter counts wherever the model card stands, and many problems are told as few', async () => {
  const bom = await bomOf({
    'MODEL_CARD.md': '# Card\n## Limitations\nIt knows one line only.\n',
    'README.md': '---\nlicense: mit\n---\n# Readme\n',
    'requirements.txt': '"\n'.repeat(5000),
  })
  expectValid(bom)
  expect(bom.metadata.component.licenses?.[0]?.license.id).toBe('MIT')
  const { considerations } = bom.metadata.component.modelCard ?? {}
  expect(considerations?.technicalLimitations).toEqual(['It knows one line only.'])
  expect(bom.metadata.properties).toHaveLength(101)
  expect(bom.metadata.properties?.at(-1)?.value).toBe('4900 more')
})

test('aliases, depth and length of a stranger’s card stay within bounds', async () => {
  const bomb = Array.from({ length: 12 }, (_, level) =>
    level === 0
      ? 'a0: &a0 [x, x, x]'
      : `a${level}: &a${level} [${Array(9)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
  ).join('\n')
  const cards = [
    `---\n${bomb}\nlicense: *a11\n---\n`,
    `---\nlicense: ${'['.repeat(5000)}\n---\n`,
    `---\ntags: [${'x, '.repeat(20_000)}]\nlicense: ${'y'.repeat(9000)}\n---\n`,
    `---\nlicense: "\\u0000\\ud800\\u202e"\n---\n`,
    `${'#'.repeat(2 ** 21)}`,
  ]
  for (const text of cards) {
    const bom = await bomOf({ 'README.md': text })
    expectValid(bom)
    expect(JSON.stringify(bom).length).toBeLessThan(20_000)
    expect(JSON.stringify(bom)).not.toMatch(/\\u0000|\\ud800|\u202e/)
  }
})

test('links, too many files and a directory that is none are refused with one sentence', async () => {
  const directory = treeOf({ 'a.txt': 'a', 'b.txt': 'b' })
  const limited = createModelBom(directory, { limits: { entries: 2 } })
  await expect(limited).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', details: { limit: 'entries' } })
  const packages = treeOf({ 'requirements.txt': 'a==1\nb==1\n' })
  const few = createModelBom(packages, { limits: { packages: 1 } })
  await expect(few).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', details: { limit: 'packages' } })
  mkdirSync(join(directory, 'one', 'two'), { recursive: true })
  const flat = createModelBom(directory, { limits: { depth: 1 } })
  await expect(flat).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', details: { limit: 'depth' } })
  symlinkSync('/etc/hostname', join(directory, 'c.txt'))
  await expect(createModelBom(directory)).rejects.toThrow(/c\.txt to be a file or a directory, found a symbolic link/)
  await expect(createModelBom(join(directory, 'c.txt'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  await expect(createModelBom(join(directory, 'nothing'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
})

test.skipIf(process.platform === 'win32')('a directory that cannot be listed has no bill without it', async () => {
  const directory = treeOf({ 'data/a.txt': 'a' })
  for (const path of [root, directory]) chmodSync(path, 0o755)
  chmodSync(join(directory, 'data'), 0)
  await expect(withoutPrivilege(() => createModelBom(directory))).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    message: expect.stringContaining(
      'expected data to be a directory that can be listed, found the error EACCES; mend',
    ),
  })
})

test('a model of one file has a bill too', async () => {
  const bom = await createModelBom(join(treeOf({}), 'model.onnx'), { clock })
  expectValid(bom)
  expect(bom.metadata.component.name).toBe('model.onnx')
  expect(bom.metadata.component.components).toHaveLength(1)
  expect(bom.metadata.component.hashes).toEqual(bom.metadata.component.components?.[0]?.hashes)
})

test('seeded mutations of what the files say never make an invalid document', async () => {
  const random = createSeededRandom(20261122)
  const sources: Readonly<Record<string, string>> = {
    'README.md': card,
    'config.json': '{"model_type":"vit","architectures":["A","B"]}',
    'requirements.txt': 'torch==2.6.0\nnumpy>=1.26\ngit+https://git.example/a.git#egg=a\n',
    'package.json': '{"dependencies":{"@a/b":"1.0.0","c":"github:d/e","f":"npm:g@2.0.0"}}',
  }
  const directory = treeOf(sources)
  for (let round = 0; round < 50; round += 1) {
    for (const [name, text] of Object.entries(sources)) {
      const bytes = Buffer.from(text)
      for (let flips = random.integer(4); flips > 0; flips -= 1)
        bytes[random.integer(bytes.length)] = random.integer(256)
      writeFileSync(join(directory, name), bytes)
    }
    expectValid(await createModelBom(directory, { clock }))
  }
})
