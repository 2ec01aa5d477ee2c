import { appendFileSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isNootropicError, modelDigest, sha256 } from '@nootropic/core'
import { readModelPackage } from '@nootropic/core/formats'
import { expect, test } from 'vitest'
import {
  createKeySigner,
  openVerified,
  signModel,
  type Trust,
  trustPublicKey,
  verifyModel,
} from '../src/provenance/index.ts'
import { createKey, signedModel, smallModel, temporaryDirectory, writeModel } from './provenance/signed-model.ts'

test('a model whose signature holds is read, as the docstring says', async () => {
  const { publicKey, privateKey } = createKey()
  const directory = writeModel()
  const file = join(temporaryDirectory(), 'signing.pub')
  writeFileSync(file, publicKey.export({ type: 'spki', format: 'pem' }))
  const { digest } = await signModel(directory, { signer: createKeySigner({ privateKey }) })

  const trust = trustPublicKey({ publicKey: await readFile(file, 'utf8') })
  const model = await openVerified(directory, { trust })
  const weights = await model.read('model.onnx')

  expect(weights.toString()).toBe('weights')
  expect(model.paths).toEqual(Object.keys(smallModel).sort())
  expect(model.verification).toMatchObject({ verdict: 'pass', subject: { digest }, findings: [] })
})

test('a single file is a model; its signature stands beside it', async () => {
  const key = createKey()
  const path = join(writeModel({ 'model.bin': '0123456789' }), 'model.bin')
  await signModel(path, { signer: createKeySigner(key), method: 'shards', shardSize: 4, hash: 'blake3' })
  const model = await openVerified(path, { trust: trustPublicKey(key) })
  expect(model.paths).toEqual(['.'])
  const pieces: string[] = []
  for await (const piece of model.pieces('.')) pieces.push(piece.toString())
  expect(pieces).toEqual(['0123', '4567', '89'])
  expect(await model.readPackage()).toMatchObject({
    main: 'model.bin',
    digest: modelDigest([{ path: 'model.bin', digest: sha256('0123456789') }]),
    files: [{ path: 'model.bin', bytes: Buffer.from('0123456789') }],
  })
})

test('nothing of a model is opened whose signature does not hold, is not wanted, or cannot be checked', async () => {
  const model = await signedModel()
  const rejection = async (options: Parameters<typeof openVerified>[1]) => {
    const error: unknown = await openVerified(model.directory, options).catch((thrown: unknown) => thrown)
    if (isNootropicError(error)) return error
    throw new Error('expected a refusal')
  }
  const stranger = await rejection({ trust: trustPublicKey(createKey()) })
  expect(stranger).toMatchObject({ code: 'SIGNATURE_UNTRUSTED', details: { verification: { verdict: 'fail' } } })
  expect(stranger.message).toMatch(
    /provenance\/signer-untrusted in .*model\.sig: expected .*; nothing of it was opened/,
  )

  const { trust } = model
  writeFileSync(join(model.directory, 'modeling.py'), 'import os')
  expect(await rejection({ trust })).toMatchObject({ code: 'SIGNATURE_INVALID' })
  // Left out by name, it need not be signed, and is not readable either.
  const opened = await openVerified(model.directory, { trust, ignore: ['modeling.py'] })
  await expect(opened.read('modeling.py')).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' })
  await expect(opened.read('../model/model.onnx')).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' })
  rmSync(join(model.directory, 'modeling.py'))

  const verification = await model.verify()
  const unfinished = { ...verification, verdict: 'incomplete' } as const
  expect(await rejection({ verification: unfinished })).toMatchObject({ code: 'FILE_UNREADABLE' })
  // As a program without types may call it.
  for (const nobody of [{ verification: undefined }, { trust: undefined }, {}])
    expect(await rejection(nobody as unknown as { trust: Trust })).toMatchObject({ code: 'USAGE' })
  rmSync(model.signature)
  expect(await rejection({ trust })).toMatchObject({ code: 'FILE_UNREADABLE' })
})

test('what changes after the check is not read, wherever the check was made', async () => {
  const model = await signedModel()
  const verification = await verifyModel(model.directory, { signature: model.signature, trust: model.trust })
  const opened = await openVerified(model.directory, { trust: model.trust })
  const later = await openVerified(model.directory, { verification })
  expect((await later.read('model.onnx')).toString()).toBe('weights')

  const refused = { code: 'SIGNATURE_INVALID', details: { path: 'model.onnx' } }
  const file = join(model.directory, 'model.onnx')
  for (const change of [
    () => writeFileSync(file, 'Weights'),
    () => appendFileSync(file, '+'),
    () => truncateSync(file, 3),
  ]) {
    change()
    for (const files of [opened, later]) {
      await expect(files.read('model.onnx')).rejects.toMatchObject(refused)
      await expect(files.readPackage()).rejects.toMatchObject(refused)
    }
  }
  rmSync(file)
  symlinkSync('config.json', file)
  await expect(opened.read('model.onnx')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  expect((await opened.read('config.json')).toString()).toBe(smallModel['config.json'])
})

test('the package holds what was signed, and is the one that a model without a signature has', async () => {
  const files = { 'model.onnx': 'weights', 'data/a.bin': 'a', 'notes.txt': 'not signed' }
  const model = await signedModel(files, { ignore: ['notes.txt'], hash: 'blake2b', method: 'shards', shardSize: 3 })
  const signed = await (await openVerified(model.directory, { trust: model.trust })).readPackage()
  expect(signed.files.map(({ path }) => path)).toEqual(['data/a.bin', 'model.onnx'])
  rmSync(join(model.directory, 'notes.txt'))
  const { files: read, ...rest } = await readModelPackage(model.directory)
  expect(signed).toMatchObject(rest)
  expect(signed.files.map(({ bytes }) => Buffer.from(bytes))).toEqual(read.map(({ bytes }) => Buffer.from(bytes)))
})

test('a directory whose main file is not signed has no package', async () => {
  const model = await signedModel({ 'model.onnx': 'weights', 'README.md': 'card' }, { ignore: ['model.onnx'] })
  const opened = await openVerified(model.directory, { trust: model.trust })
  await expect(opened.readPackage()).rejects.toMatchObject({ code: 'USAGE' })
  expect(readFileSync(join(model.directory, 'model.onnx'), 'utf8')).toBe('weights')
})
