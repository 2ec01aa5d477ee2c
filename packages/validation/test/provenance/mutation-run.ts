import { join } from 'node:path'
import { createSeededRandom } from '@nootropic/core'
import type { Trust } from '../../src/provenance/contracts.ts'
import {
  createKeySigner,
  signModel,
  trustCertificates,
  trustPublicKey,
  verifyModel,
} from '../../src/provenance/index.ts'
import { authority, certificateSign, mint, mintLeaf, mintRoot, usage } from './mint-certificate.ts'
import { mutateBundle, mutateTree } from './mutations.ts'
import { createKey, type Files, writeModel } from './signed-model.ts'

const files: Files = {
  'model.onnx': 'weights of a model',
  'config.json': '{"layers":2}',
  'modèle.bin': 'accents',
  'data/part-1.bin': 'the first part',
  'data/part-2.bin': 'the second part',
  'a:b.txt': 'colons',
}

/** What became of the mutations. */
export interface MutationOutcome {
  refused: number
  /** The same model, byte for byte, of the same root, by the same signer: written differently (ECDSA (r, n-s), spaces). */
  neutral: number
  /** Another model, another root or another signer that passed. */
  readonly accepted: string[]
}

const signers = () => {
  const key = createKey()
  const root = mintRoot()
  const middle = mint({ subject: 'middle', issuer: root, extensions: [authority(), usage(certificateSign)] })
  const leaf = mintLeaf(middle)
  return [
    { signer: createKeySigner(key), trust: trustPublicKey({ publicKey: key.publicKey }) },
    {
      signer: createKeySigner({ privateKey: leaf.privateKey, certificates: [leaf.pem, middle.pem] }),
      trust: trustCertificates({ roots: [root.pem], time: new Date('2026-01-01T00:00:00Z') }),
    },
  ]
}

/**
 * Mutates bundles and model trees in turn and verifies each. A mutation is **accepted** when it passes although the tree
 * differs in any file, or the root or the signer is another one.
 */
export const runMutations = async (count: number, seed: number): Promise<MutationOutcome> => {
  const random = createSeededRandom(seed)
  const outcome: MutationOutcome = { refused: 0, neutral: 0, accepted: [] }
  const models: { directory: string; other: string; trust: Trust }[] = []
  for (const { signer, trust } of signers()) {
    const directory = writeModel(files)
    const other = writeModel({ ...files, 'model.onnx': 'weights of another model' })
    await signModel(directory, { signer })
    await signModel(other, { signer })
    models.push({ directory, other: join(other, 'model.sig'), trust })
  }
  for (let index = 0; index < count; index += 1) {
    const { directory, other, trust } = models[index % models.length] as (typeof models)[number]
    const signature = join(directory, 'model.sig')
    const isTree = index % 4 < 2
    const mutation = isTree ? mutateTree(directory, random) : mutateBundle(signature, other, random)
    const verification = await verifyModel(directory, { signature, trust })
    mutation.undo()
    if (verification.verdict !== 'pass') {
      outcome.refused += 1
      continue
    }
    const original = await verifyModel(directory, { signature, trust })
    const isSame =
      !isTree &&
      verification.subject.digest === original.subject.digest &&
      JSON.stringify(verification.signer) === JSON.stringify(original.signer)
    if (isSame) outcome.neutral += 1
    else outcome.accepted.push(`${mutation.what} (seed ${seed}, ${index})`)
  }
  return outcome
}
