import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readModelPackage } from '@nootropic/core/formats'
import { createPublicFile } from '@nootropic/core/storage'
import { expect, test } from 'vitest'
import { createKeySigner, signModel } from '../src/provenance/index.ts'
import { createModelBom } from '../src/sbom/index.ts'
import {
  createKey,
  rulesOf,
  signedModel,
  smallModel,
  temporaryDirectory,
  writeModel,
} from './provenance/signed-model.ts'

const occupied = { code: 'USAGE', message: expect.stringContaining('an older signature to replace') }

const places: readonly [string, (path: string) => void][] = [
  ['model.onnx', () => {}],
  ['other.json', (path) => writeFileSync(path, '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}')],
  ['empty', (path) => writeFileSync(path, '')],
  ['directory', (path) => mkdirSync(path)],
  ['model.sig', (path) => symlinkSync('model.onnx', path)],
  ['dangling', (path) => symlinkSync('nowhere', path)],
]

test.each(places)('signing does not overwrite what is no signature: %s', async (name, prepare) => {
  const directory = writeModel()
  const signature = join(directory, name)
  prepare(signature)
  const before = lstatSync(signature, { bigint: true })
  const names = readdirSync(directory)
  await expect(signModel(directory, { signer: createKeySigner(createKey()), signature })).rejects.toMatchObject(
    occupied,
  )
  const after = lstatSync(signature, { bigint: true })
  expect([after.ino, after.mtimeNs, after.size]).toEqual([before.ino, before.mtimeNs, before.size])
  expect(readdirSync(directory)).toEqual(names)
})

test('a file that was made while the model was signed stays, whether a signature was there before or not', async () => {
  const signer = createKeySigner(createKey())
  for (const isSignedBefore of [true, false]) {
    const directory = writeModel()
    const signature = join(directory, 'model.sig')
    if (isSignedBefore) await signModel(directory, { signer })
    const late = {
      ...signer,
      sign: (message: Uint8Array) => {
        writeFileSync(signature, 'of somebody else')
        return signer.sign(message)
      },
    }
    await expect(signModel(directory, { signer: late })).rejects.toMatchObject(occupied)
    expect(readFileSync(signature, 'utf8')).toBe('of somebody else')
    expect(readdirSync(directory).filter((name) => name.includes('.sig'))).toEqual(['model.sig'])
  }
})

/** The name of what is not yet whole, as it is while it is written. */
const beginningOf = async (name: string): Promise<string> => {
  const directory = temporaryDirectory()
  let found: readonly string[] = []
  const content = async function* () {
    found = readdirSync(directory)
    yield Buffer.of(0)
  }
  await createPublicFile(join(directory, name), content())
  return String(found[0])
}

test('the beginning of a signature that a crash left is not signed', async () => {
  const signer = createKeySigner(createKey())
  for (const [signature, remains] of [
    ['model.sig', await beginningOf('model.sig')],
    ['data/own.sig', `data/${await beginningOf('own.sig')}`],
    ['../apart.sig', await beginningOf('model.sig')],
  ] as const) {
    const directory = writeModel({ ...smallModel, [remains]: '{"mediaType"' })
    const signing = signModel(directory, { signer, signature: join(directory, signature) })
    await expect(signing).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining(remains) })
    expect(existsSync(join(directory, signature))).toBe(false)
  }
  const others = writeModel({ ...smallModel, [await beginningOf('other.sig')]: '', '.model.sig.old': '' })
  await signModel(others, { signer })
})

test('signing, reading and listing a model find one digest, whatever lies beside it', async () => {
  const key = createKey()
  const unsigned = (await readModelPackage(writeModel())).digest
  const { directory, digest, verify } = await signedModel(
    {
      ...smallModel,
      '.git/HEAD': 'ref',
      '.github/workflows/ci.yml': 'on: push',
      '.gitattributes': '*.onnx filter=lfs',
      '.gitignore': 'cache',
    },
    {},
    key,
  )
  expect(digest).toBe(unsigned)
  expect((await readModelPackage(directory)).digest).toBe(digest)
  const bom = await createModelBom(directory)
  expect(bom.metadata.component.properties?.[0]).toEqual({ name: 'nootropic:oms:root', value: digest })
  expect((await verify()).subject.digest).toBe(digest)
  const apart = join(directory, '../apart.sig')
  expect((await signModel(directory, { signer: createKeySigner(key), signature: apart })).digest).toBe(digest)
  expect((await verify({ signature: apart })).verdict).toBe('pass')
})

test('another signature in the model is no part of it, and is told', async () => {
  const { directory, verify } = await signedModel(smallModel, {
    signature: join(writeModel(), '../apart.sig'),
  })
  writeFileSync(join(directory, 'model.sig'), '{}')
  const verification = await verify()
  expect([verification.verdict, rulesOf(verification)]).toEqual(['pass', ['unlisted-tolerated']])
  expect(verification.findings[0]?.message).toContain('another')
  writeFileSync(join(directory, 'data/model.sig'), '{}')
  expect(rulesOf(await verify())).toContain('file-unlisted')
})
