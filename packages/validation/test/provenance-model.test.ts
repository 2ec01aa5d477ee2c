import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createManualClock, modelDigest, sha256 } from '@nootropic/core'
import { contentHashes, externalLocation, openSignedFiles, writeOnnx } from '@nootropic/core/formats'
import { expect, test } from 'vitest'
import { createKeySigner, openDigestCache, signModel, trustPublicKey, verifyModel } from '../src/provenance/index.ts'
import { foldedName } from '../src/provenance/names.ts'
import {
  createKey,
  rulesOf,
  signedModel,
  smallModel,
  temporaryDirectory,
  writeModel,
} from './provenance/signed-model.ts'
import { floats, modelOf } from './support/models.ts'
import { withoutPrivilege } from './support/without-privilege.ts'

const pass = { verdict: 'pass', findings: [] }
const fail = { verdict: 'fail', code: 'SIGNATURE_INVALID' }

test('what was signed verifies, on each curve', async () => {
  for (const [curve, algorithm] of [
    ['P-256', 'ECDSA P-256'],
    ['P-384', 'ECDSA P-384'],
    ['P-521', 'ECDSA P-521'],
  ]) {
    const model = await signedModel(smallModel, {}, createKey(curve))
    expect(await model.verify()).toMatchObject({ ...pass, signer: { kind: 'public-key', algorithm } })
  }
})

test('files and shards of each hash verify, and their bytes can be read', async () => {
  for (const hash of contentHashes) {
    for (const method of ['files', 'shards'] as const) {
      const model = await signedModel(smallModel, { hash, method, shardSize: 5 })
      const verification = await model.verify()
      expect(verification).toMatchObject(pass)
      const files = await openSignedFiles(model.directory, verification.resources)
      for (const [path, content] of Object.entries(smallModel))
        expect((await files.read(path)).toString()).toBe(content)
    }
  }
})

test('the root is the digest by which the registry knows the model', async () => {
  const model = await signedModel()
  const files = Object.entries(smallModel).map(([path, content]) => ({ path, digest: sha256(content) }))
  expect(model.digest).toBe(modelDigest(files))
})

test('a single file is a model, under its own name or the one that implementations give it', async () => {
  const directory = writeModel({ 'model.onnx': 'weights' })
  const key = createKey()
  const path = join(directory, 'model.onnx')
  const { signature, digest } = await signModel(path, { signer: createKeySigner(key) })
  expect(signature).toBe(`${path}.sig`)
  expect(digest).toBe(
    `sha256:${createHash('sha256').update(createHash('sha256').update('weights').digest()).digest('hex')}`,
  )
  const trust = trustPublicKey({ publicKey: key.publicKey })
  expect(await verifyModel(path, { signature, trust })).toMatchObject({
    ...pass,
    resources: [{ name: '.', path: '.' }],
  })
  // The specification names it model.onnx; so does a directory that holds it alone.
  rmSync(signature)
  const whole = await signModel(directory, { signer: createKeySigner(key) })
  expect(await verifyModel(path, { signature: whole.signature, trust })).toMatchObject({
    ...pass,
    resources: [{ path: '.' }],
  })
  writeFileSync(path, 'Weights')
  expect(await verifyModel(path, { signature: whole.signature, trust })).toMatchObject(fail)
})

test('every change of the tree is told by its own rule', async () => {
  const changes: Record<string, readonly [string[], (directory: string) => void]> = {
    'a changed byte': [['file-changed'], (directory) => writeFileSync(join(directory, 'model.onnx'), 'weightS')],
    'a cut file': [['file-changed'], (directory) => truncateSync(join(directory, 'model.onnx'), 3)],
    'a longer file': [['file-changed'], (directory) => writeFileSync(join(directory, 'model.onnx'), 'weights+')],
    'a missing file': [['file-missing'], (directory) => rmSync(join(directory, 'config.json'))],
    'an extra file': [['file-unlisted'], (directory) => writeFileSync(join(directory, 'modeling.py'), '')],
    'a hidden file': [['file-unlisted'], (directory) => writeFileSync(join(directory, 'data/.hidden'), 'x')],
    'a renamed file': [
      ['file-missing', 'file-unlisted'],
      (directory) => renameSync(join(directory, 'data-b'), join(directory, 'data-c')),
    ],
    'two files in each other’s place': [
      ['file-changed'],
      (directory) => {
        renameSync(join(directory, 'data/part-1.bin'), join(directory, 'swap'))
        renameSync(join(directory, 'data/part-2.bin'), join(directory, 'data/part-1.bin'))
        renameSync(join(directory, 'swap'), join(directory, 'data/part-2.bin'))
      },
    ],
    'a directory of git below the top': [
      ['file-unlisted'],
      (directory) => {
        mkdirSync(join(directory, 'data/.git'))
        writeFileSync(join(directory, 'data/.git/config'), 'x')
      },
    ],
    'a symbolic link to the same bytes': [
      ['file-irregular'],
      (directory) => {
        renameSync(join(directory, 'config.json'), join(directory, '..', 'outside.json'))
        symlinkSync('../outside.json', join(directory, 'config.json'))
      },
    ],
    'a directory that became a link': [
      ['file-irregular', 'file-missing'],
      (directory) => {
        renameSync(join(directory, 'data'), join(directory, '..', 'elsewhere'))
        symlinkSync('../elsewhere', join(directory, 'data'))
      },
    ],
    'a pipe': [['file-irregular'], (directory) => void execFileSync('mkfifo', [join(directory, 'pipe')])],
    'a name that is not UTF-8': [
      ['file-irregular'],
      (directory) => writeFileSync(Buffer.concat([Buffer.from(`${directory}/a`), Buffer.from([0xff])]), 'x'),
    ],
    'a name with a backslash': [['file-irregular'], (directory) => writeFileSync(`${directory}/data\\x`, 'x')],
  }
  for (const [what, [rules, change]] of Object.entries(changes)) {
    const model = await signedModel()
    change(model.directory)
    const verification = await model.verify()
    expect(verification, what).toMatchObject(fail)
    expect(rulesOf(verification), what).toEqual(rules)
  }
})

test('a name in another case or normal form is another file', async () => {
  const model = await signedModel({ 'Modèle.onnx': 'weights' })
  renameSync(join(model.directory, 'Modèle.onnx'), join(model.directory, 'Modèle.onnx'.normalize('NFD')))
  const verification = await model.verify()
  expect(rulesOf(verification)).toEqual(['file-missing', 'file-unlisted'])
  expect(verification.findings[0]?.message).toContain('another name, in case, normal form')
})

const takenForOne: readonly (readonly [string, string])[] = [
  ['a.bin', 'A.bin'],
  ['s.bin', '\u017f.bin'],
  ['\u03c3.bin', '\u03c2.bin'],
  ['stra\u00dfe.bin', 'STRASSE.bin'],
  ['\ufb01le.bin', 'file.bin'],
  ['\u00e9.bin', 'E\u0301.bin'],
  ['a.bin', 'a.bin.'],
  ['a.bin', 'a.bin . '],
  ['data /a', 'data/a'],
]

test.skipIf(process.platform === 'win32').each(takenForOne)(
  'names that some file systems take for one are told: %s and %s',
  async (one, other) => {
    const model = await signedModel({ [one]: 'one', [other]: 'two' })
    const verification = await model.verify()
    expect(verification.verdict).toBe('pass')
    expect(rulesOf(verification)).toEqual(['name-ambiguous'])
  },
)

test('names that every file system tells apart are not told', async () => {
  const model = await signedModel({
    '\u2460.bin': 'circled',
    '1.bin': 'one',
    '.a': 'one',
    a: 'two',
    'b. c': '',
    'b.c': '',
  })
  expect(rulesOf(await model.verify())).toEqual([])
  expect(foldedName(`${'. '.repeat(200_000)}a`)).toHaveLength(400_001)
})

/** An ONNX file whose weights stand in other files. */
const graphWith = (...locations: readonly string[]): Buffer => {
  const initializer = locations.map((location, at) => ({
    ...floats('float32', `w${at}`, [1], [0]),
    rawData: undefined,
    dataLocation: externalLocation,
    externalData: [{ key: 'location', value: location, unknownFields: [] }],
  }))
  return Buffer.from(writeOnnx(modelOf({ nodes: [], initializer, input: [1], output: [1] })))
}

test('weights in a place that signatures leave out are told, and a mere repository is not', async () => {
  const files = { 'model.onnx': graphWith('w.bin'), 'w.bin': 'weights', '.git/HEAD': 'ref', '.github/w.bin': 'w' }
  expect(rulesOf(await (await signedModel(files)).verify())).toEqual([])
  for (const location of ['.git/w.bin', './.github/w.bin', '.GIT/HEAD']) {
    const verification = await (await signedModel({ ...files, 'model.onnx': graphWith('w.bin', location) })).verify()
    expect([verification.verdict, rulesOf(verification)], location).toEqual(['pass', ['unlisted-tolerated']])
    expect(verification.findings[0]?.message).toContain('to take its weights from signed files')
  }
  const below = await signedModel({ ...files, 'data/model.onnx': graphWith('../.git/HEAD', '.git/HEAD') })
  expect((await below.verify()).findings.map(({ location }) => location.path)).toEqual([
    join(below.directory, 'data/model.onnx'),
  ])
})

test('a socket is not opened', async () => {
  const model = await signedModel()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(join(model.directory, 'socket'), resolve))
  try {
    expect(rulesOf(await model.verify())).toEqual(['file-irregular'])
    await expect(signModel(model.directory, { signer: createKeySigner(createKey()) })).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining('a socket'),
    })
  } finally {
    server.close()
  }
})

test('git and the signature are left out at the top; other paths by name, and the signer’s are told', async () => {
  const files = { ...smallModel, '.git/HEAD': 'ref', '.gitattributes': 'x', 'notes/a.txt': 'a', 'notes/b.txt': 'b' }
  const model = await signedModel(files, { ignore: ['notes/a.txt', './extra/'] })
  writeFileSync(join(model.directory, '.git/HEAD'), 'other')
  writeFileSync(join(model.directory, 'notes/a.txt'), 'other')
  mkdirSync(join(model.directory, 'extra/deep'), { recursive: true })
  writeFileSync(join(model.directory, 'extra/deep/x.py'), 'x')
  const verification = await model.verify()
  expect(verification.verdict).toBe('pass')
  expect(rulesOf(verification)).toEqual(['unlisted-tolerated'])
  expect(verification.findings.map(({ location }) => location.path.slice(model.directory.length)).sort()).toEqual([
    '/extra',
    '/notes/a.txt',
  ])
  expect(await model.verify({ ignore: ['notes/a.txt', 'extra'] })).toMatchObject(pass)
  writeFileSync(join(model.directory, 'notes/b.txt'), 'other')
  // Ignoring leaves out what was not signed, never what was.
  expect(rulesOf(await model.verify({ ignore: ['notes', 'extra'] }))).toEqual(['file-changed'])
})

test('paths to ignore lie inside the model and are no patterns of ours', async () => {
  const model = await signedModel()
  for (const path of ['', '.', '..', '/etc', '../x', 'a//b', 'a/../b'])
    await expect(model.verify({ ignore: [path] }), path).rejects.toMatchObject({ code: 'USAGE' })
})

test('unsigned files are tolerated by name only, and told', async () => {
  const model = await signedModel()
  writeFileSync(join(model.directory, 'cache.tmp'), 'x')
  symlinkSync('/etc/hostname', join(model.directory, 'link'))
  expect(rulesOf(await model.verify())).toEqual(['file-irregular', 'file-unlisted'])
  const verification = await model.verify({ allowUnlisted: true })
  expect(verification.verdict).toBe('pass')
  expect(rulesOf(verification)).toEqual(['unlisted-tolerated'])
  rmSync(join(model.directory, 'model.onnx'))
  symlinkSync('config.json', join(model.directory, 'model.onnx'))
  expect(await model.verify({ allowUnlisted: true })).toMatchObject(fail)
})

test('findings of one kind are counted, not repeated without end', async () => {
  const model = await signedModel()
  for (let index = 0; index < 250; index += 1) writeFileSync(join(model.directory, `extra-${index}`), 'x')
  const { findings } = await model.verify()
  expect(findings).toHaveLength(100)
  expect(findings.at(-1)?.message).toContain('and 150 more')
})

test('signatures of shards cannot cover empty files, and that is told', async () => {
  const model = await signedModel({ ...smallModel, '__init__.py': '' }, { method: 'shards', shardSize: 4 })
  const verification = await model.verify()
  expect(verification.verdict).toBe('pass')
  expect(rulesOf(verification)).toEqual(['unlisted-tolerated'])
  const files = await openSignedFiles(model.directory, verification.resources)
  await expect(files.read('__init__.py')).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' })
})

test('shards too small for a large file are refused before they are made; a single file has shards too', async () => {
  const directory = writeModel({ 'model.bin': '0123456789' })
  const path = join(directory, 'model.bin')
  const key = createKey()
  const signer = createKeySigner(key)
  const { signature } = await signModel(path, { signer, method: 'shards', shardSize: 4 })
  const trust = trustPublicKey({ publicKey: key.publicKey })
  const { verdict, resources } = await verifyModel(path, { signature, trust })
  expect(verdict).toBe('pass')
  expect(resources.map(({ name }) => name)).toEqual(['.:0:4', '.:4:8', '.:8:10'])
  expect((await (await openSignedFiles(path, resources)).read('.')).toString()).toBe('0123456789')
  truncateSync(path, 2 ** 40)
  await expect(signModel(path, { signer, method: 'shards', shardSize: 1 })).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
  })
})

test('names with colons are shards all the same', async () => {
  const model = await signedModel({ 'a:b.bin': '0123456789' }, { method: 'shards', shardSize: 4 })
  const { verdict, resources } = await model.verify()
  expect(verdict).toBe('pass')
  expect(resources.map(({ name }) => name)).toEqual(['a:b.bin:0:4', 'a:b.bin:4:8', 'a:b.bin:8:10'])
})

test('a file that changes while it is looked at leaves the model incomplete, never passed', async () => {
  const model = await signedModel()
  const digestCache = {
    load: async () => {
      // Between the listing and the hashing.
      utimesSync(join(model.directory, 'model.onnx'), new Date(0), new Date(0))
      return { read: () => undefined, write: () => {}, save: async () => {} }
    },
  }
  const verification = await model.verify({ digestCache })
  expect(verification.verdict).toBe('incomplete')
  expect(verification.code).toBeUndefined()
  expect(rulesOf(verification)).toEqual(['file-unreadable'])
})

test('what may not be read leaves the model incomplete, and is not signed', async () => {
  const model = await signedModel()
  chmodSync(join(model.directory, '..'), 0o755)
  for (const path of ['model.onnx', 'data']) {
    const location = join(model.directory, path)
    const mode = statSync(location).mode & 0o777
    chmodSync(location, 0)
    const verification = await withoutPrivilege(() => model.verify())
    expect(verification, path).toMatchObject({ verdict: 'incomplete', resources: [] })
    expect(rulesOf(verification), path).toEqual(['file-unreadable'])
    const signer = createKeySigner(createKey())
    await expect(
      withoutPrivilege(() => signModel(model.directory, { signer })),
      path,
    ).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
    chmodSync(location, mode)
  }
})

test('limits are kept', async () => {
  const model = await signedModel()
  await expect(model.verify({ limits: { entries: 3 } })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  await expect(model.verify({ limits: { depth: 0 } })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  await expect(model.verify({ limits: { bundleBytes: 100 } })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
})

test('what is missing or no model is an error of the call, not of the evidence', async () => {
  const model = await signedModel()
  await expect(model.verify({ signature: '/nowhere/model.sig' })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  await expect(model.verify({ signature: model.directory })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  await expect(verifyModel('/nowhere', { signature: model.signature, trust: model.trust })).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
  })
  symlinkSync(model.directory, `${model.directory}-link`)
  await expect(
    verifyModel(`${model.directory}-link`, { signature: model.signature, trust: model.trust }),
  ).rejects.toMatchObject({ code: 'FILE_UNREADABLE', message: expect.stringContaining('symbolic link') })
})

test('nothing is signed that cannot be verified', async () => {
  const signer = createKeySigner(createKey())
  const empty = writeModel({})
  await expect(signModel(empty, { signer })).rejects.toMatchObject({ code: 'USAGE' })
  const directory = writeModel()
  await expect(signModel(directory, { signer, method: 'shards', shardSize: 0 })).rejects.toMatchObject({
    code: 'USAGE',
  })
  await expect(
    signModel(directory, { signer: { ...signer, sign: () => Buffer.from('no signature') } }),
  ).rejects.toMatchObject({ code: 'INTERNAL' })
  await expect(signModel(directory, { signer: { ...signer, publicKey: createKey().publicKey } })).rejects.toMatchObject(
    { code: 'INTERNAL' },
  )
  symlinkSync('model.onnx', join(directory, 'link'))
  await expect(signModel(directory, { signer })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  expect(readdirSync(directory)).not.toContain('model.sig')
})

test('a signature that cannot be written leaves the old one and nothing else', async () => {
  const model = await signedModel()
  const before = readFileSync(model.signature)
  const signer = createKeySigner(createKey())
  const signature = join(model.directory, '..', 'nowhere', 'model.sig')
  await expect(signModel(model.directory, { signer, signature })).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('expected a directory to write the signature'),
  })
  const long = join(model.directory, '..', 'x'.repeat(300))
  await expect(signModel(model.directory, { signer, signature: long })).rejects.toMatchObject({ code: 'USAGE' })
  expect(readdirSync(join(model.directory, '..'))).toEqual(['model'])
  expect(readFileSync(model.signature)).toEqual(before)
})

test('signing anew replaces the signature, which is not part of the model', async () => {
  const key = createKey()
  const model = await signedModel(smallModel, {}, key)
  const again = await signModel(model.directory, { signer: createKeySigner(key) })
  expect(again.digest).toBe(model.digest)
  expect(statSync(again.signature).mode & 0o777).toBe(0o644)
  expect(await model.verify()).toMatchObject(pass)
})

test('the caller can stop', async () => {
  const model = await signedModel()
  const signal = AbortSignal.abort()
  await expect(model.verify({ signal })).rejects.toMatchObject({ code: 'ABORTED' })
})

test('remembered digests spare the reading of files that did not change, and of no others', async () => {
  const directory = writeModel()
  const key = createKey()
  const signer = createKeySigner(key)
  const trust = trustPublicKey({ publicKey: key.publicKey })
  const cache = join(temporaryDirectory(), 'digests')
  const old = new Date('2026-01-01T00:00:00Z')
  for (const path of Object.keys(smallModel)) utimesSync(join(directory, path), old, old)
  // Times of change cannot be set: the clock of the test stands an hour after them.
  const clock = createManualClock(new Date(Date.now() + 3_600_000).toISOString())
  const sign = () => signModel(directory, { signer, digestCache: openDigestCache(cache), clock })
  const first = await sign()
  expect(statSync(cache).mode & 0o777).toBe(0o700)
  const [name] = readdirSync(cache)
  const entries = join(cache, String(name))
  expect(statSync(entries).mode & 0o777).toBe(0o600)
  // What is remembered is believed: a lie in the cache shows that the file is not read again.
  const content = readFileSync(entries, 'utf8')
  writeFileSync(entries, content.replaceAll(sha256('weights').slice(7), 'a'.repeat(64)))
  expect((await sign()).digest).not.toBe(first.digest)
  expect(await verifyModel(directory, { signature: first.signature, trust })).toMatchObject(fail)
  // A changed file is read, and what is broken is forgotten.
  writeFileSync(join(directory, 'model.onnx'), 'WEIGHTS')
  const changed = await sign()
  expect(await verifyModel(directory, { signature: changed.signature, trust })).toMatchObject(pass)
  writeFileSync(entries, content.slice(0, -10))
  expect((await sign()).digest).toBe(changed.digest)
})

test('a file that changed just before it was hashed is hashed again', async () => {
  const directory = writeModel()
  const signer = createKeySigner(createKey())
  const cache = join(temporaryDirectory(), 'digests')
  await signModel(directory, { signer, digestCache: openDigestCache(cache) })
  const [name] = readdirSync(cache)
  expect(JSON.parse(readFileSync(join(cache, String(name)), 'utf8'))).toEqual({ version: 1, entries: {} })
})

test('a cache that others can write to is refused', async () => {
  const cache = join(temporaryDirectory(), 'digests')
  mkdirSync(cache)
  chmodSync(cache, 0o777)
  const signer = createKeySigner(createKey())
  await expect(signModel(writeModel(), { signer, digestCache: openDigestCache(cache) })).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    message: expect.stringContaining('chmod'),
  })
})

test('large models are hashed by threads, with the digests of one thread', async () => {
  const directory = writeModel()
  for (const name of ['a', 'b']) {
    writeFileSync(join(directory, name), name)
    truncateSync(join(directory, name), 2 ** 26 + 1)
  }
  const signer = createKeySigner(createKey())
  const one = await signModel(directory, { signer, threads: 1 })
  const two = await signModel(directory, { signer, threads: 2 })
  expect(two.resources).toEqual(one.resources)
})

test('a second name of a file is a file like others', async () => {
  const model = await signedModel()
  linkSync(join(model.directory, 'model.onnx'), join(model.directory, '..', 'other'))
  expect(await model.verify()).toMatchObject(pass)
})
