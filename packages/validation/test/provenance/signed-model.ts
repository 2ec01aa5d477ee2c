import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Trust } from '../../src/provenance/contracts.ts'
import {
  createKeySigner,
  type SignOptions,
  signModel,
  trustPublicKey,
  type Verification,
  type VerifyOptions,
  verifyModel,
} from '../../src/provenance/index.ts'

/** A directory that is gone after the test. */
export const temporaryDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-provenance-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Files by their path inside the model. */
export type Files = Readonly<Record<string, string | Buffer>>

export const smallModel: Files = {
  'model.onnx': 'weights',
  'config.json': '{"layers":2}',
  'data/part-1.bin': 'one',
  'data/part-2.bin': 'two',
  'data-b': 'sorts before data/part-1.bin by path parts, after it by code point',
}

/** Writes a model and returns its directory. */
export const writeModel = (files: Files = smallModel): string => {
  const directory = join(temporaryDirectory(), 'model')
  mkdirSync(directory)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), content)
  }
  return directory
}

export interface SigningKey {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export const createKey = (namedCurve = 'P-256'): SigningKey => generateKeyPairSync('ec', { namedCurve })

/** A model that was signed, and how to verify it. */
export interface SignedDirectory {
  readonly directory: string
  readonly signature: string
  readonly digest: string
  readonly trust: Trust
  verify(options?: Partial<VerifyOptions>): Promise<Verification>
}

export const signedModel = async (
  files: Files = smallModel,
  options: Partial<SignOptions> = {},
  key = createKey(),
): Promise<SignedDirectory> => {
  const directory = writeModel(files)
  const trust = trustPublicKey({ publicKey: key.publicKey })
  const { signature, digest } = await signModel(directory, { signer: createKeySigner(key), ...options })
  return {
    directory,
    signature,
    digest,
    trust,
    verify: (more = {}) => verifyModel(directory, { signature, trust, ...more }),
  }
}

/** The rules of what was found, each once. */
export const rulesOf = ({ findings }: Pick<Verification, 'findings'>): string[] =>
  [...new Set(findings.map(({ rule }) => rule.replace('provenance/', '')))].sort()
